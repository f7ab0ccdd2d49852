import type { Connector } from '@trunkline/catalog';
import type { Connection, FlowStream } from '@trunkline/contracts';
import { invalid } from './flow.js';

/**
 * The tables of a database are only known to whoever may look: any name is taken, and one that is not there is said at the run.
 *
 * @throws AppError VALIDATION naming the streams the connector does not have, or the connector that is not offered here
 */
export function checkStreams(connector: Connector | undefined, streams: readonly FlowStream[] | null): asserts connector is Connector {
  if (connector === undefined) throw invalid('connectionId', 'its connector is not offered by this installation');
  if (connector.discovered || streams === null) return;
  const unknown = streams.filter(({ name }) => !connector.streams.has(name)).map(({ name }) => name);
  if (unknown.length === 0) return;
  const offered = [...connector.streams.keys()];
  throw invalid('streams', `${connector.name} has no ${unknown.join(', ')}; ${offered.length === 0 ? 'it has no streams' : `it has ${offered.join(', ')}`}`);
}

/**
 * A stream that needs more than was granted is refused before anything of it is read. What a provider did not say it granted is not
 * known to be missing, and keys have no scopes.
 *
 * @throws AppError VALIDATION naming streams and scopes
 */
export function checkGrant(connector: Connector, streams: readonly FlowStream[] | null, connection: Pick<Connection, 'scopes' | 'id'>): void {
  if (streams === null || connection.scopes.length === 0) return;
  const granted = new Set(connection.scopes);
  const lacking = streams.flatMap(({ name }) => {
    const missing = (connector.streams.get(name)?.scopes ?? []).filter((scope) => !granted.has(scope));
    return missing.length === 0 ? [] : [{ name, missing }];
  });
  if (lacking.length === 0) return;
  const scopes = [...new Set(lacking.flatMap(({ missing }) => missing))];
  const what = lacking.map(({ name, missing }) => `${name} needs ${missing.join(', ')}`).join('; ');
  throw invalid('streams', `${what}, which the connection was not granted; authorize it again with the scopes ${scopes.join(', ')}`);
}
