import { createHash } from 'node:crypto';
import type { TableStream } from '@trunkline/catalog';
import type { Credential } from '../../credential.js';
import { ProviderError } from '../../provider-error.js';
import { bindConnector } from '../../render/bind-connector.js';
import type { BoundConnector, Target } from '../../render/bind-connector.js';
import { textOf } from '../server.js';
import type { ServerAccess } from '../server.js';
import type { Database, Table } from './database.js';
import { named, openDatabase } from './open-database.js';
import { tableKey, usualCursor } from './table-key.js';

/** A stream of a connector with `streams: discovered`. */
export interface DiscoveredStream {
  readonly name: string;
  readonly title: string;
  readonly incremental: boolean;
  readonly stream: TableStream;
}

/** The table's name where it can be a stream's; otherwise as much of it as can, and a mark that tells it from others. The same in every run. */
export function streamNameOf(table: string): string {
  if (/^[a-z0-9][a-z0-9_]{0,63}$/.test(table)) return table;
  const plain = table.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 54);
  return `${plain === '' ? 'table' : plain}_${createHash('sha256').update(table).digest('hex').slice(0, 8)}`;
}

const pageSize = 1_000;
/** A row says when its transaction began, and is seen when it is committed: each pass goes back so far, for those that took their time. */
const commitSeconds = 60;

function toStream(bound: BoundConnector, table: Table): TableStream {
  const cursorColumn = usualCursor(table);
  const protocol = bound.baseUrl.startsWith('mysql:') ? 'mysql' : 'postgres';
  return { name: streamNameOf(table.name), title: table.name.slice(0, 100), protocol, table: table.name, schema: table.schema, pageSize, lookbackSeconds: cursorColumn === undefined ? 0 : commitSeconds, addFields: {}, scopes: [], ...(cursorColumn !== undefined && { cursorColumn }) };
}

function isReadable(table: Table): boolean {
  try {
    return tableKey(table, {}).columns.length > 0;
  } catch (error) {
    if (error instanceof ProviderError) return false;
    throw error;
  }
}

/** The tables of a connection that can be read as streams: those with a primary key, by name, a thousand at most. */
export async function streamsIn(database: Database, bound: BoundConnector): Promise<DiscoveredStream[]> {
  const { verification } = bound.connector;
  const schema = verification.protocol === 'sql' ? textOf(verification.schema, bound) : undefined;
  const tables = await database.tables(schema ?? null, null);
  return tables.filter(isReadable).map((table) => {
    const stream = toStream(bound, table);
    return { name: stream.name, title: stream.title, incremental: stream.cursorColumn !== undefined, stream };
  });
}

/**
 * What there is to read at a connection whose connector has `streams: discovered`. Its names are what `readStream` takes as `stream`.
 *
 * @throws ProviderError
 */
export async function discoverStreams({ egress, credential, timeoutMs, ...target }: Target & { readonly egress: Partial<ServerAccess>; readonly credential: Credential; readonly timeoutMs?: number }): Promise<DiscoveredStream[]> {
  const bound = bindConnector(target);
  const database = await openDatabase({ connect: egress.connect?.bind(egress), check: egress.check?.bind(egress) }, bound, credential, timeoutMs);
  try {
    return await streamsIn(database, bound);
  } catch (error) {
    throw named(error, target.connector.name);
  } finally {
    await database.close();
  }
}
