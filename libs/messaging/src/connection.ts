import { readFileSync } from 'node:fs';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { CommonConfig, Logger } from '@trunkline/service';
import { inboxPrefix } from './names.js';

/** Injection token of the service's one NATS connection. */
export const NATS = Symbol('NATS');
export type { NatsConnection };

/**
 * Opens the connection a service shares for requests, replies, publishing and consuming. Waits for a server that is not there yet
 * and reconnects for ever: a NATS that is away makes the service unready, it does not end it.
 */
export async function connectNats(service: string, config: CommonConfig, logger: Logger): Promise<NatsConnection> {
  const connection = await connect({
    servers: config.natsUrl.split(',').map((server) => server.trim()),
    name: service,
    user: config.natsUser,
    pass: config.natsPassword?.reveal(),
    inboxPrefix: inboxPrefix(service),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
    maxPingOut: 2,
    // A trace of who asked, made for every request in case it fails: a twentieth of a sync's time. Our errors say what was asked themselves.
    noAsyncTraces: true,
    ...(config.natsCaFile === undefined ? {} : { tls: { ca: readFileSync(config.natsCaFile, 'utf8') } }),
  });
  void watch(connection, logger);
  return connection;
}

async function watch(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn('NATS connection lost; reconnecting');
    else if (status.type === 'reconnect') logger.info('NATS connection is back');
    else if (status.type === 'error') logger.error({ error: status.error }, 'NATS reported an error');
  }
}
