/**
 * The sink, beside COPY and plain multi-row INSERT of the same rows into a table of the same shape (with its key and its index) on the same
 * server. The batches wait in JetStream before the sink is let at them; counted is from the first acknowledged batch to the last.
 * RECORDS sets how many (default 60,000 of about 1 KB, 100 to a batch as the sync publishes them).
 */
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordBatchType, recordSubject, recordVersion } from '@trunkline/contracts';
import { createTestDatabase, freePort, startProcess, startTestNats, waitFor, waitUntilReady } from '@trunkline/testing';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { median, report, round } from './kit/report.mjs';

const perBatch = 100;
const batches = Math.round(Number(process.env.RECORDS ?? 60_000) / perBatch);
const records = batches * perBatch;
const rounds = 3;
/** Of one process each; the sink's own default. */
const side = 4;

const filler = 'lorem ipsum dolor sit amet '.repeat(16);
const dataOf = (number) => ({
  id: `rec_${number}`, first_name: 'Ada', last_name: `Byron ${number}`, email: `ada.${number}@example.com`, phone: '+44 20 7946 0958', lifecycle_stage: 'customer',
  updated_at: new Date(1.7e12 + number).toISOString(), score: number % 100, opted_in: number % 2 === 0, revenue: number * 1.25, owner: { id: `own_${number % 50}`, team: 'north' },
  address: { street: `${number % 200} St James's Square`, city: 'London', country: 'GB' }, tags: ['priority', `segment-${number % 12}`], notes: filler,
});
const recordsOf = (batch) => Array.from({ length: perBatch }, (_, place) => ({ op: 'upsert', key: `rec_${batch * perBatch + place}`, version: recordVersion(1, batch * perBatch + place), data: dataOf(batch * perBatch + place) }));
const seconds = (started) => (performance.now() - started) / 1_000;

const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
const main = fileURLToPath(new URL('../apps/analytics-sink/dist/main.js', import.meta.url));
const bus = await connect({ servers: nats.url });
const manager = await jetstreamManager(bus);
const client = new pg.Client({ connectionString: database.url });
await client.connect();

async function withSink(work) {
  const port = await freePort();
  const program = startProcess(main, { NODE_ENV: 'production', LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: String(port), DATABASE_URL: database.url, NATS_URL: nats.url });
  try {
    await waitUntilReady(`http://127.0.0.1:${port}`, program);
    return await work();
  } finally {
    await program.kill('SIGTERM');
  }
}
const consumer = () => manager.consumers.info('RECORDS', 'analytics-sink__rec');
const head = (connectionId) => ({ projectId: 'proj_bench', connectionId, connector: 'sandbox_crm', runId: 'run_bench', stream: 'contacts' });

async function publish(connectionId) {
  const stream = jetstream(bus);
  for (let start = 0; start < batches; start += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, batches - start) }, (_, place) => {
        const batch = { ...head(connectionId), generation: 1, sequence: start + place + 1, records: recordsOf(start + place) };
        const attributes = { 'ce-id': `${connectionId}.${start + place}`, 'ce-type': recordBatchType };
        return stream.publish(recordSubject(batch), JSON.stringify(batch), { msgID: attributes['ce-id'] });
      }),
    );
  }
}

async function sink(turn) {
  const connectionId = `conn_bench_${turn}`;
  await publish(connectionId);
  return withSink(async () => {
    const first = await waitFor(async () => {
      const { num_pending: unseen, num_ack_pending: inHand } = await consumer();
      return unseen + inHand < batches && { left: unseen + inHand, at: performance.now() };
    }, { what: 'the first batch', intervalMs: 2, timeoutMs: 30_000 });
    await waitFor(async () => {
      const { num_pending: unseen, num_ack_pending: inHand } = await consumer();
      return unseen + inHand === 0;
    }, { what: 'the last batch', intervalMs: 5, timeoutMs: 300_000 });
    const rate = (first.left * perBatch) / seconds(first.at);
    const [{ rows }] = await database.query('SELECT count(*)::int AS rows FROM analytics.record WHERE connection_id = $1', [connectionId]);
    if (rows !== records) throw new Error(`The sink applied ${rows} of ${records} rows`);
    return rate;
  });
}

const columns = 'connection_id, stream, key, version, generation, project_id, connector, run_id, deleted, data';
const rowsOf = (connectionId, batch) => recordsOf(batch).map(({ key, version, data }) => [connectionId, 'contacts', key, version, 1, 'proj_bench', 'sandbox_crm', 'run_bench', false, JSON.stringify(data)]);
const escaped = (value) => String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** Made beforehand, as one piece each: nothing of it is counted. */
async function copy(turn) {
  const chunks = Array.from({ length: batches }, (_, batch) => Buffer.from(rowsOf(`conn_${turn}`, batch).map((row) => `${row.map(escaped).join('\t')}\n`).join('')));
  const started = performance.now();
  await pipeline(Readable.from(chunks), client.query(copyFrom(`COPY bare (${columns}) FROM STDIN`)));
  return records / seconds(started);
}

async function insert(turn, connections) {
  const all = Array.from({ length: batches }, (_, batch) => rowsOf(`conn_${turn}`, batch).flat());
  const width = columns.split(',').length;
  const values = Array.from({ length: perBatch }, (_, row) => `(${Array.from({ length: width }, (_column, place) => `$${row * width + place + 1}`).join(', ')})`).join(', ');
  const pool = new pg.Pool({ connectionString: database.url, max: connections });
  await Promise.all(Array.from({ length: connections }, () => pool.query('SELECT 1')));
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let batch = next++; batch < batches; batch = next++) await pool.query({ name: 'insert', text: `INSERT INTO bare (${columns}) VALUES ${values}`, values: all[batch] });
    }),
  );
  const rate = records / seconds(started);
  await pool.end();
  return rate;
}

try {
  await withSink(() => waitFor(() => consumer(), { what: 'the consumer' }));
  await client.query('CREATE TABLE bare (LIKE analytics.record INCLUDING ALL)');
  const rates = { sink: [], copy: [], one: [], several: [] };
  // The first round warms everything up and does not count.
  for (let turn = 0; turn <= rounds; turn += 1) {
    const measured = { sink: await sink(turn), copy: await copy(`copy_${turn}`), one: await insert(`one_${turn}`, 1), several: await insert(`several_${turn}`, side) };
    for (const name of Object.keys(rates)) if (turn > 0) rates[name].push(measured[name]);
    await client.query('TRUNCATE bare, analytics.record');
    await manager.streams.purge('RECORDS');
  }
  const of = (name) => median(rates[name]);
  report('sink', {
    'rows per run, about 1 KB each, batches of 100': records,
    'sink: one process, from JetStream to COMMIT and ack, rows/s': round(of('sink')),
    'COPY, one connection, text made beforehand, rows/s': round(of('copy')),
    'INSERT of 100 rows, one connection, rows/s': round(of('one')),
    [`INSERT of 100 rows, ${side} connections, rows/s`]: round(of('several')),
  }, {
    'sink : COPY': { value: of('sink') / of('copy') },
    'sink : INSERT, one connection': { value: of('sink') / of('one') },
    [`sink : INSERT, ${side} connections`]: { value: of('sink') / of('several') },
  });
} finally {
  await client.end();
  await bus.close();
  await nats.stop();
  await database.drop();
}
