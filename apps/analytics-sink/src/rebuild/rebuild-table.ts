import { Client } from 'pg';
import { applyRowsTo, rowValues } from '../record/apply-rows.js';
import { isFaultOfRecords } from '../record/fault-of-records.js';
import { incomingBatch } from '../record/incoming-batch.js';
import { asRow, latestOfEachKey } from '../record/row.js';
import { storableText } from '../record/storable-text.js';

const applyRows = applyRowsTo('record_rebuilt');

export interface Rebuilt {
  batches: number;
  records: number;
  /** Messages or records that have no place in the table, as at the first time. */
  refused: number;
  /** Rows of the table that were missing, older or different, and are now as the stream says. */
  corrected: number;
  /** Rows the stream no longer tells of: kept, or removed with `onlyStream`. */
  olderKept: number;
  olderRemoved: number;
}

export interface RebuildOptions {
  databaseUrl: string;
  /** The bodies of the stream's messages, in any order. */
  messages: AsyncIterable<Uint8Array>;
  /** Remove what the stream no longer tells of. */
  onlyStream: boolean;
}

/**
 * Makes `analytics.record` what the stream says. The stream is read into a table beside it; then one transaction corrects what differs.
 * The sink may go on meanwhile: it waits for that transaction, and what it applied in between has higher versions and stays. Dying
 * anywhere leaves the table as it was.
 */
export async function rebuildTable({ databaseUrl, messages, onlyStream }: RebuildOptions): Promise<Rebuilt> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'trunkline-sink-rebuild' });
  // The query under way rejects by itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const [alone] = (await client.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(hashtextextended('trunkline:analytics:rebuild', 0)) AS alone`)).rows;
    if (!alone?.alone) throw new Error('Another rebuild is under way');
    const [{ started }] = (await client.query('SELECT clock_timestamp() AS started')).rows as [{ started: Date }];
    await client.query('DROP TABLE IF EXISTS analytics.record_rebuilt');
    await client.query('CREATE UNLOGGED TABLE analytics.record_rebuilt (LIKE analytics.record INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (connection_id, stream, key))');
    const read = await readAll(client, messages);
    await client.query('ANALYZE analytics.record_rebuilt');
    const put = await putInPlace(client, started, onlyStream);
    await client.query('DROP TABLE analytics.record_rebuilt');
    return { ...read, ...put };
  } finally {
    await client.end();
  }
}

async function readAll(client: Client, messages: AsyncIterable<Uint8Array>): Promise<Pick<Rebuilt, 'batches' | 'records' | 'refused'>> {
  const read = { batches: 0, records: 0, refused: 0 };
  for await (const body of messages) {
    read.batches += 1;
    const batch = incomingBatch.safeParse(parsed(body));
    if (!batch.success) {
      read.refused += 1;
      continue;
    }
    const rows = batch.data.records.flatMap((record) => {
      const judged = asRow(record);
      return 'row' in judged ? [{ ...judged.row, key: storableText(judged.row.key) }] : [];
    });
    read.records += batch.data.records.length;
    read.refused += batch.data.records.length - rows.length;
    const write = (some: typeof rows) => client.query({ name: applyRows.name, text: applyRows.text, values: rowValues(batch.data, some, null) });
    const latest = latestOfEachKey(rows);
    if (latest.length === 0) continue;
    if (await fits(() => write(latest))) continue;
    for (const row of latest) if (!(await fits(() => write([row])))) read.refused += 1;
  }
  return read;
}

async function putInPlace(client: Client, started: Date, onlyStream: boolean): Promise<Pick<Rebuilt, 'corrected' | 'olderKept' | 'olderRemoved'>> {
  await client.query('BEGIN');
  // The writers wait, the readers do not.
  await client.query('LOCK TABLE analytics.record IN SHARE ROW EXCLUSIVE MODE');
  // Of two versions the higher; of one version what the stream says.
  const corrected = await client.query(`
    INSERT INTO analytics.record AS held SELECT * FROM analytics.record_rebuilt
    ON CONFLICT (connection_id, stream, key) DO UPDATE
      SET version = excluded.version, generation = excluded.generation, project_id = excluded.project_id, connector = excluded.connector,
          run_id = excluded.run_id, deleted = excluded.deleted, data = excluded.data, updated_at = now()
      WHERE excluded.version > held.version
         OR (excluded.version = held.version AND (excluded.data IS DISTINCT FROM held.data OR excluded.deleted <> held.deleted
             OR (excluded.project_id, excluded.connector, excluded.run_id, excluded.generation) <> (held.project_id, held.connector, held.run_id, held.generation)))`);
  const older = `FROM analytics.record held WHERE held.updated_at < $1
    AND NOT EXISTS (SELECT 1 FROM analytics.record_rebuilt b WHERE (b.connection_id, b.stream, b.key) = (held.connection_id, held.stream, held.key))`;
  const counted = onlyStream
    ? await client.query(`DELETE ${older}`, [started]).then(({ rowCount }) => ({ olderKept: 0, olderRemoved: rowCount ?? 0 }))
    : await client.query<{ kept: number }>(`SELECT count(*)::int AS kept ${older}`, [started]).then(({ rows }) => ({ olderKept: rows[0]!.kept, olderRemoved: 0 }));
  // Their fields are looked at anew: the views' next round widens them to what stands now.
  await client.query('UPDATE analytics.stream_shape SET stale = true');
  await client.query('COMMIT');
  return { corrected: corrected.rowCount ?? 0, ...counted };
}

async function fits(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!isFaultOfRecords(error)) throw error;
    return false;
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
