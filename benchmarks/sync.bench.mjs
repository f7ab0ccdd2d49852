/**
 * A sync, from the click to the last acknowledged record, beside a plain fetch + JSON.parse of the same pages in one process, the four
 * streams side by side as the sync reads them.
 * RECORDS sets how many (default 200,000 of about 1 KB).
 */
import { performance } from 'node:perf_hooks';
import { freePort, waitFor } from '@trunkline/testing';
import { startProgram } from './kit/program.mjs';
import { median, report, round } from './kit/report.mjs';
import { startServices } from './kit/stack.mjs';

const pages = Math.round(Number(process.env.RECORDS ?? 200_000) / 400);
const records = pages * 400;

const port = await freePort();
const provider = await startProgram('page-server.mjs', undefined, { PORT: String(port), PAGES: String(pages) });
const url = `http://127.0.0.1:${port}`;
const stack = await startServices({ services: ['connector-registry', 'token-refresher', 'sync-orchestrator', 'gateway'], providerUrl: url });

const addresses = [
  (page) => `/crm/v1/contacts?cursor=${(page - 1) * 100}`,
  (page) => `/crm/v1/companies?page=${page}`,
  (page) => `/crm/v1/deals?page=${page}`,
  (page) => `/crm/v1/activities?cursor=${(page - 1) * 100}`,
];

/** fetch + JSON.parse of every page. `loops` of them side by side for each stream: 1 is what a cursor allows, more is the machine's own limit. */
async function plainRead(loops) {
  const started = performance.now();
  let read = 0;
  await Promise.all(addresses.map(async (address) => {
    let next = 1;
    await Promise.all(Array.from({ length: loops }, async () => {
      for (let page = next++; page <= pages; page = next++) {
        const body = JSON.parse(await (await fetch(url + address(page))).text());
        read += (body.results ?? body.data ?? body.items ?? body).length;
      }
    }));
  }));
  if (read !== records) throw new Error(`The plain read got ${read} of ${records} records`);
  return records / ((performance.now() - started) / 1_000);
}

async function sync() {
  const tenant = await stack.tenant();
  await stack.call('POST', '/api/connectors/connect', tenant.key, { provider: 'sandbox_crm', api_key: 'benchmark-key' });
  const started = performance.now();
  const { syncId } = await stack.call('POST', '/api/sync/run', tenant.key);
  const done = await waitFor(async () => {
    const progress = await stack.call('GET', `/api/sync/${syncId}`, tenant.key);
    return progress.status !== 'running' && progress;
  }, { what: 'the sync', timeoutMs: 300_000, intervalMs: 50 });
  const seconds = (performance.now() - started) / 1_000;
  if (done.status !== 'succeeded' || done.records !== records) throw new Error(`The sync ended ${done.status} with ${done.records} of ${records} records`);
  return records / seconds;
}

try {
  // The provider serialises each page at its first request: once for the reader, once for the sync.
  await plainRead(1);
  await sync();
  const plain = [];
  const parallel = [];
  const synced = [];
  for (let round = 0; round < 3; round += 1) {
    plain.push(await plainRead(1));
    parallel.push(await plainRead(3));
    synced.push(await sync());
  }
  report('sync', {
    'records per run, about 1 KB each, pages of 100': records,
    'plain fetch + JSON.parse, page after page, records/s': round(median(plain)),
    'plain fetch + JSON.parse, three pages at once, records/s': round(median(parallel)),
    'sync, delivered and acknowledged, records/s': round(median(synced)),
  }, {
    'sync : plain read, page after page': { value: median(synced) / median(plain), aim: 0.4 },
    'sync : plain read, three pages at once': { value: median(synced) / median(parallel) },
  });
} finally {
  await stack.close();
  await provider.stop();
}
