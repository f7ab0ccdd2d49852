/**
 * A sync, from the click to the last acknowledged record, beside a plain fetch + JSON.parse of the same pages in one process, the four
 * streams side by side as the sync reads them. Records are of about 1 KB, pages of 100; RECORDS sets how many (default 1,000,000). Then the same
 * with a second worker. Each round is one of each, in turn; medians.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort, waitFor } from '@trunkline/testing';
import { forgetPeak, peakMb } from './kit/memory.mjs';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { startServices } from './kit/stack.mjs';

const pages = Math.round(Number(process.env.RECORDS ?? 1_000_000) / 400);
const records = pages * 400;
const rounds = Number(process.env.ROUNDS ?? 3);
const bareRead = fileURLToPath(new URL('kit/bare-read.mjs', import.meta.url));

const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const provider = await startProgram('page-server.mjs', undefined, { PORT: String(port), PAGES: String(pages) });
let stack;
let nats;

/** In a process of its own. `atOnce` pages of each stream: 1 is what a cursor allows, more is the machine's own limit. */
async function plainRead(atOnce) {
  const { stdout } = await promisify(execFile)(process.execPath, [bareRead, url, String(pages), String(atOnce)]);
  const read = JSON.parse(stdout);
  if (read.records !== records) throw new Error(`The plain read got ${read.records} of ${records} records`);
  return { rate: records / read.seconds, peakMb: read.peakMb };
}

/** A new project's first sync. Memory is the first worker's, when a tenth is read and at the end. */
async function sync() {
  await (await jetstreamManager(nats)).streams.purge('RECORDS');
  const { pid } = stack.processes.get('sync-orchestrator');
  const tenant = await stack.tenant();
  await stack.call('POST', '/api/connectors/connect', tenant.key, { provider: 'sandbox_crm', api_key: 'benchmark-key' });
  await forgetPeak(pid);
  const started = performance.now();
  const { syncId } = await stack.call('POST', '/api/sync/run', tenant.key);
  let early;
  const done = await waitFor(async () => {
    const progress = await stack.call('GET', `/api/sync/${syncId}`, tenant.key);
    if (early === undefined && progress.records >= records / 10) early = await peakMb(pid);
    return progress.status !== 'running' && progress;
  }, { what: 'the sync', timeoutMs: 600_000, intervalMs: 100 });
  const seconds = (performance.now() - started) / 1_000;
  if (done.status !== 'succeeded' || done.records !== records) throw new Error(`The sync ended ${done.status} with ${done.records} of ${records} records`);
  return { rate: records / seconds, earlyMb: early, peakMb: await peakMb(pid) };
}

try {
  stack = await startServices({ services: ['connector-registry', 'token-refresher', 'sync-orchestrator', 'gateway'], providerUrl: url });
  nats = await connect({ servers: stack.nats.url });
  // The provider serialises each page at its first request: once for the reader, once for the sync.
  await plainRead(1);
  await sync();
  const plain = [];
  const parallel = [];
  const one = [];
  const two = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await plainRead(1));
    parallel.push(await plainRead(3));
    one.push(await sync());
  }
  await stack.start('sync-orchestrator', 'sync-orchestrator.2');
  for (let round = 0; round < rounds; round += 1) two.push(await sync());

  const of = (figures, member = 'rate') => median(figures.map((figure) => figure[member]));
  report('sync', {
    'records per run, about 1 KB each, pages of 100': records,
    'plain fetch + JSON.parse, page after page, records/s': round(of(plain)),
    'plain fetch + JSON.parse, three pages at once, records/s': round(of(parallel)),
    'sync, delivered and acknowledged, records/s': round(of(one)),
    'sync with two workers, records/s': round(of(two)),
    'processors': availableParallelism(),
    'plain read, most memory, MB': round(of(plain, 'peakMb')),
    'sync, most memory of the worker, MB': round(of(one, 'peakMb')),
    '  when a tenth was read, MB': round(of(one, 'earlyMb')),
  }, {
    'sync : plain read, page after page': { value: of(one) / of(plain), aim: 0.7 },
    'sync : plain read, three pages at once': { value: of(one) / of(parallel) },
    'two workers : one': { value: of(two) / of(one), aim: 1.6 },
    'most memory, sync : plain read': { value: of(one, 'peakMb') / of(plain, 'peakMb') },
    'most memory, whole sync : its first tenth': { value: of(one, 'peakMb') / of(one, 'earlyMb'), aim: 1.2 },
  });
} finally {
  await nats?.close();
  await stack?.close();
  await provider.stop();
}
