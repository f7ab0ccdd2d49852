/**
 * The plain way: fetch + JSON.parse of all pages of the page server's streams, side by side, in a process of its own:
 * `node bare-read.mjs <url> <pages per stream> <pages at once per stream>`. Prints what it read, in what time, and the most memory it took.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const [url, pages, atOnce] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const addresses = [
  (page) => `/crm/v1/contacts?cursor=${(page - 1) * 100}`,
  (page) => `/crm/v1/companies?page=${page}`,
  (page) => `/crm/v1/deals?page=${page}`,
  (page) => `/crm/v1/activities?cursor=${(page - 1) * 100}`,
];

const started = performance.now();
let records = 0;
await Promise.all(addresses.map(async (address) => {
  let next = 1;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let page = next++; page <= pages; page = next++) {
      const body = JSON.parse(await (await fetch(url + address(page))).text());
      records += (body.results ?? body.data ?? body.items ?? body).length;
    }
  }));
}));
const seconds = (performance.now() - started) / 1_000;
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1_024;
process.stdout.write(JSON.stringify({ records, seconds, peakMb }));
