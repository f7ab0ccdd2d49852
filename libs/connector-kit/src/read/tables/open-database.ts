import { isIP } from 'node:net';
import { EgressError } from '@trunkline/egress';
import { egressFailure } from '../../answer/egress-failure.js';
import type { Credential } from '../../credential.js';
import { ProviderError } from '../../provider-error.js';
import type { BoundConnector } from '../../render/bind-connector.js';
import { isExcepted, serverOf, textOf, userOf } from '../server.js';
import type { ServerAccess } from '../server.js';
import type { Database, DatabaseAccess } from './database.js';
import { openMysql } from './mysql.js';
import { openPostgres } from './postgres.js';

/** Signing in and one query; far more than a page needs. */
const defaultTimeoutMs = 60_000;

/** A socket to a connector's database, and who signs in there with it. */
export interface Dialled {
  readonly scheme: 'postgres' | 'mysql';
  readonly access: DatabaseAccess;
}

/**
 * Goes to a connector's database, over a connection the egress has opened: the host is checked and its address pinned like for any other
 * request. With TLS and the server's certificate verified, unless the operator has excepted that very host and port.
 *
 * @throws ProviderError
 */
export async function dialDatabase(egress: Partial<ServerAccess>, bound: BoundConnector, credential: Credential, timeoutMs = defaultTimeoutMs): Promise<Dialled> {
  const { connector } = bound;
  const { verification } = connector;
  if (verification.protocol !== 'sql') throw new ProviderError('rejected', `${connector.name} is no database`);
  if (egress.connect === undefined) throw new Error(`${connector.name} is a database, and this egress opens no connections but HTTP`);
  const scheme = bound.baseUrl.startsWith('mysql:') ? 'mysql' : 'postgres';
  const place = serverOf(bound, scheme, verification);
  const database = textOf(verification.database, bound);
  if (database === undefined) throw new ProviderError('rejected', `${connector.name}: the database has no value`);
  const plain = (textOf(verification.tls, bound) ?? 'required') === 'off';
  if (plain && !isExcepted(egress, place)) throw new ProviderError('rejected', `${connector.name}: without TLS only where the operator has excepted ${place.host}:${place.port}`);
  const user = userOf(bound, credential);
  let socket;
  try {
    socket = await egress.connect({ host: place.host, port: place.port, timeoutMs: Math.min(timeoutMs, 10_000) });
  } catch (error) {
    if (error instanceof EgressError) throw egressFailure(error, connector.name);
    throw error;
  }
  socket.on('error', () => undefined);
  // An address has no server name (RFC 6066 §3); its certificate is checked against the address.
  const tls = plain ? null : { ca: textOf(verification.ca, bound), servername: isIP(place.host) === 0 ? place.host : undefined };
  return { scheme, access: { place, socket, database, ...user, tls, timeoutMs } };
}

/** Signs in to a connector's database, to read. @throws ProviderError */
export async function openDatabase(egress: Partial<ServerAccess>, bound: BoundConnector, credential: Credential, timeoutMs?: number): Promise<Database> {
  const { scheme, access } = await dialDatabase(egress, bound, credential, timeoutMs);
  try {
    return await (scheme === 'mysql' ? openMysql : openPostgres)(access);
  } catch (error) {
    access.socket.destroy();
    throw named(error, bound.connector.name);
  }
}

/** The failure with the connector's name before it, as in all messages. */
export function named(error: unknown, connectorName: string): unknown {
  if (!(error instanceof ProviderError) || error.message.startsWith(connectorName)) return error;
  return new ProviderError(error.kind, `${connectorName}: ${error.message}`, { status: error.status, retryAfterMs: error.retryAfterMs });
}
