import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { RpcContract } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, Health, launch, type RunningService, type ServiceDefinition } from '@trunkline/service';
import { z } from 'zod';

export interface TestServiceOptions {
  databaseUrl?: string;
  natsUrl: string;
  /** Further variables; nothing of the process's own environment is passed on. */
  environment?: Record<string, string>;
}

/** Starts a service as in production, with an environment of its own and logging off unless `LOG_LEVEL` is given. */
// Settings differ from service to service; the environment is text either way.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function startTestService(definition: ServiceDefinition<any>, options: TestServiceOptions): Promise<RunningService> {
  return launch(definition, {
    health: new Health(),
    environment: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      NATS_URL: options.natsUrl,
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      ...options.environment,
    },
  });
}

export interface TestClient {
  readonly rpc: RpcClient;
  readonly nats: NatsConnection;
  close(): Promise<void>;
}

/** A caller on the bus, as the gateway would be. */
export async function connectTestClient(natsUrl: string, service = 'test'): Promise<TestClient> {
  const nats = await connect({ servers: natsUrl, name: `test-${service}`, inboxPrefix: `_INBOX.${service}`, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const rpc = new RpcClient(nats, `_INBOX.${service}`);
  return {
    rpc,
    nats,
    close: async () => {
      rpc.close();
      await nats.close();
    },
  };
}

/** Answers a contract in the place of a service that is not part of the test, over the real bus. An {@link AppError} is sent as such. */
export async function answerRpc<Request extends z.ZodType, Reply extends z.ZodType>(
  natsUrl: string,
  contract: RpcContract<Request, Reply>,
  handler: (request: z.output<Request>) => Promise<z.output<Reply>> | z.output<Reply>,
): Promise<{ stop(): Promise<void> }> {
  const nats = await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  nats.subscribe(contract.subject, {
    queue: contract.server,
    callback: (error, message) => {
      if (error !== null) return;
      void (async () => {
        try {
          const request = contract.request.decode(message.json<never>()) as z.output<Request>;
          message.respond(JSON.stringify({ ok: true, reply: z.encode(contract.reply, (await handler(request)) as never) }));
        } catch (thrown) {
          const failure = thrown instanceof AppError ? thrown : new AppError('INTERNAL', String(thrown));
          message.respond(JSON.stringify({ ok: false, error: failure.toWire() }));
        }
      })();
    },
  });
  await nats.flush();
  return { stop: () => nats.close() };
}
