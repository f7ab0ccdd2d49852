import { Failure } from '../infra/failure.mjs';
import { waitUntil } from './wait-until.mjs';

/** Longest time without any progress. */
const stillBoundMs = 90_000;
const syncBoundMs = 30 * 60_000;
const betweenNotesMs = 1_000;

/**
 * Starts a sync and follows it to its end.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {{ apiKey: string, connectionId: string, say: (line: string) => void }} options
 * @returns {Promise<{ runId: string, streams: Record<string, number>, records: number }>} how many records were read, per stream of this connection
 * @throws Failure if a stream could not be read
 */
export async function runSync(http, { apiKey, connectionId, say }) {
  const headers = { 'x-api-key': apiKey };
  const { syncId } = await http.call('/api/sync/run', { method: 'POST', headers });
  let noted = Date.now();
  let moved = Date.now();
  let state = '';
  const sync = await waitUntil(
    async () => {
      const seen = await http.call(`/api/sync/${syncId}`, { headers });
      if (seen.status !== 'running') return seen;
      const now = `${seen.records} records so far`;
      if (now === state) {
        if (Date.now() - moved > stillBoundMs) throw new Failure(`Sync ${syncId} stands still after ${seen.records} records: ${troubles(seen.runs)}`);
        return null;
      }
      moved = Date.now();
      state = now;
      if (seen.records > 0 && Date.now() - noted > betweenNotesMs) {
        noted = Date.now();
        say(now);
      }
      return null;
    },
    { what: () => `sync ${syncId} to finish (${state})`, boundMs: syncBoundMs },
  );
  const runs = sync.runs.filter((/** @type {any} */ run) => run.connectionId === connectionId);
  const streams = runs.flatMap((/** @type {any} */ run) => run.streams);
  if (sync.status !== 'succeeded') throw new Failure(`Sync ${syncId} ${sync.status}: ${troubles(sync.runs)}`);
  if (streams.length === 0) throw new Failure(`Sync ${syncId} read no stream of the connection ${connectionId}`);
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { stream, records } of streams) counts[stream] = (counts[stream] ?? 0) + records;
  return { runId: runs[0].id, streams: counts, records: Object.values(counts).reduce((sum, count) => sum + count, 0) };
}

/** @param {any[]} runs */
function troubles(runs) {
  const found = runs.flatMap((run) => run.streams.filter((/** @type {any} */ part) => part.error).map((/** @type {any} */ part) => `${part.stream}: ${words(part.error)}`));
  return found.length > 0 ? found.join('; ') : runs.map((run) => `${run.connector} ${run.status}`).join(', ');
}

/** @param {any} error a sentence, or an object that holds one */
const words = (error) => (typeof error === 'string' ? error : (error.message ?? error.code ?? JSON.stringify(error)));
