import { Inject, Injectable, Module, type DynamicModule, type INestApplication, type OnApplicationShutdown } from '@nestjs/common';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { Health, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import { EventListener } from './event-listener.js';
import { connectNats, NATS, type NatsConnection } from './connection.js';
import { JetStreamServer } from './jetstream.server.js';
import { inboxPrefix } from './names.js';
import { provisionStreams } from './provision.js';
import { Publisher } from './publisher.js';
import { RpcClient } from './rpc-client.js';
import { RpcServer } from './rpc.server.js';

const STREAM_MANAGER = Symbol('STREAM_MANAGER');

@Injectable()
class NatsLifecycle implements OnApplicationShutdown {
  readonly #nats: NatsConnection;
  readonly #client: RpcClient;

  constructor(@Inject(NATS) nats: NatsConnection, @Inject(RpcClient) client: RpcClient, @Inject(Health) health: Health, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#nats = nats;
    this.#client = client;
    health.register(`${context.name}:nats`, () => nats.flush());
  }

  /** Last of all: by now HTTP, RPC and consumers have finished what they had begun. */
  async onApplicationShutdown(): Promise<void> {
    this.#client.close();
    await this.#nats.close();
  }
}

/** The service's connection to NATS, its {@link RpcClient} and {@link Publisher}, and the two servers. */
@Module({})
export class MessagingModule {
  static forRoot(): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        {
          provide: NATS,
          inject: [SERVICE_CONTEXT],
          useFactory: (context: ServiceContext) => connectNats(context.name, context.config, context.logger),
        },
        {
          provide: STREAM_MANAGER,
          inject: [NATS, SERVICE_CONTEXT],
          useFactory: (nats: NatsConnection, context: ServiceContext) => provisionStreams(nats, context.config),
        },
        { provide: Publisher, inject: [NATS], useFactory: (nats: NatsConnection) => new Publisher(nats) },
        { provide: EventListener, inject: [NATS, SERVICE_CONTEXT], useFactory: (nats: NatsConnection, context: ServiceContext) => new EventListener(nats, context.logger) },
        {
          provide: RpcClient,
          inject: [NATS, SERVICE_CONTEXT],
          useFactory: (nats: NatsConnection, context: ServiceContext) => new RpcClient(nats, inboxPrefix(context.name)),
        },
        {
          provide: RpcServer,
          inject: [NATS, SERVICE_CONTEXT],
          useFactory: (nats: NatsConnection, context: ServiceContext) => new RpcServer(nats, context.name, context.logger),
        },
        {
          provide: JetStreamServer,
          inject: [NATS, STREAM_MANAGER, Publisher, SERVICE_CONTEXT],
          useFactory: (nats: NatsConnection, manager: JetStreamManager, publisher: Publisher, context: ServiceContext) =>
            new JetStreamServer({ nats, manager, publisher, service: context.name, logger: context.logger }),
        },
        NatsLifecycle,
      ],
      exports: [NATS, Publisher, EventListener, RpcClient, RpcServer, JetStreamServer],
    };
  }
}

/** The transports of a service that answers requests and consumes messages. */
export const natsTransports = (app: INestApplication): CustomTransportStrategy[] => [app.get(RpcServer), app.get(JetStreamServer)];
