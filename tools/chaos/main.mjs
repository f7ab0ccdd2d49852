/**
 * `node tools/chaos/main.mjs <runs> <seed>`: syncs while processes are killed at random, and afterwards compares what the source handed out,
 * what the stream acknowledged and what the warehouse has. Needs TRUNKLINE_TEST_NATS_SERVER and the built product.
 */
import { connect } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import { waitFor } from '@trunkline/testing';
import { checkEffects } from './check-effects.mjs';
import { planHarm } from './plan-harm.mjs';
import { startProduct, victims } from './product.mjs';
import { createRandom } from './random.mjs';
import { startSource, streams } from './source.mjs';

const [runs = 1, seed = 1] = process.argv.slice(2).map(Number);
const random = createRandom(seed);
// With about a hundred changes of each stream in pages of ten a sync takes one to two seconds, about as long as a run's harm lasts.
const source = await startSource({ rows: 500, latencyMs: 80 });
const product = await startProduct({ sourceUrl: source.url });
/** @type {Map<string, { kill: number, freeze: number }>} */
const harmed = new Map(victims.map((victim) => [victim, { kill: 0, freeze: 0 }]));
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
let failed = false;

/** Asks until there is an answer: the part that gives it may be away just now. @returns {Promise<any>} */
const call = (/** @type {string} */ method, /** @type {string} */ path, /** @type {string} */ key, /** @type {unknown} */ body = undefined) =>
  waitFor(
    async () => {
      const response = await fetch(`${product.url}${path}`, {
        method,
        headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      if (!response.ok) return { refused: `${method} ${path}: ${response.status} ${JSON.stringify(answer)}` };
      return { answer };
    },
    { what: `${method} ${path}`, timeoutMs: 60_000, intervalMs: 200 },
  ).then(({ answer, refused }) => {
    if (refused !== undefined) throw new Error(refused);
    return answer;
  });

/** @param {import('./plan-harm.mjs').Harm} harm */
async function doHarm({ victim, kind, forMs }) {
  /** @type {{ kill: number, freeze: number }} */ (harmed.get(victim))[kind] += 1;
  if (kind === 'freeze') {
    const pid = product.pid(victim);
    process.kill(pid, 'SIGSTOP');
    await pause(forMs);
    process.kill(pid, 'SIGCONT');
    return;
  }
  await product.kill(victim);
  await pause(forMs);
  await product.revive(victim);
}

/** One sync under harm, to its end. @returns {Promise<number>} how often it had to be started: a run that is given up is no loss, the next goes on */
async function survive(/** @type {string} */ key, /** @type {readonly import('./plan-harm.mjs').Harm[]} */ harms) {
  const harm = (async () => {
    for (const each of harms) {
      await pause(each.afterMs);
      await doHarm(each);
    }
  })();
  for (let started = 1; ; started += 1) {
    const { syncId } = await call('POST', '/api/sync/run', key);
    const sync = await waitFor(async () => {
      const found = await call('GET', `/api/sync/${syncId}`, key);
      return found.status !== 'running' && found;
    }, { what: `sync ${syncId} to end`, timeoutMs: 180_000, intervalMs: 200 });
    await harm;
    await product.settle();
    if (sync.status === 'succeeded' && sync.runs.length > 0) return started;
    if (started >= 3) throw new Error(`The sync ended ${sync.status}: ${JSON.stringify(sync.runs.map((/** @type {any} */ run) => run.streams))}`);
  }
}

async function applied(/** @type {string} */ connectionId) {
  const rows = await product.query("SELECT stream || '/' || key AS name, version::float8 AS version, deleted, (data->>'seq')::int AS seq FROM analytics.record WHERE connection_id = $1", [connectionId]);
  return /** @type {import('./check-effects.mjs').Applied[]} */ (rows);
}

/** How often the reading of a stream had to be gone on with, by the same worker or another: every claim counts, and the first of each stream and sync does not. */
async function goneOnWith(/** @type {string} */ connectionId, /** @type {number} */ syncs) {
  const [{ claims } = { claims: 0 }] = await product.query('SELECT sum(value)::float8 AS claims FROM sync.generation WHERE connection_id = $1', [connectionId]);
  return Number(claims) - syncs * streams.length;
}

/** Every record of the connection that the stream holds. */
async function acknowledged(/** @type {string} */ connectionId) {
  const nats = await connect({ servers: product.natsUrl });
  /** @type {import('./check-effects.mjs').Acknowledged[]} */
  const records = [];
  const consumer = await jetstream(nats).consumers.get('RECORDS', { filter_subjects: 'rec.>' });
  const { num_pending: waiting } = await consumer.info();
  let seen = 0;
  if (waiting > 0) {
    for await (const message of await consumer.consume({ max_messages: 200 })) {
      seen += 1;
      const batch = message.json();
      if (batch.connectionId === connectionId) {
        for (const { op, key, version, data } of batch.records) records.push({ name: `${batch.stream}/${key}`, op, version, seq: data?.seq ?? null });
      }
      if (seen >= waiting) break;
    }
  }
  await nats.close();
  return records;
}

try {
  const platform = await call('POST', '/api/v1/platforms', product.adminKey, { name: 'Chaos' });
  const project = await call('POST', '/api/v1/projects', product.adminKey, { platformId: platform.id, displayName: 'Chaos' });
  const scopes = ['connections:read', 'connections:write', 'syncs:run', 'flows:read'];
  const { key } = await call('POST', '/api/v1/api-keys', product.adminKey, { projectId: project.id, displayName: 'Chaos', scopes });
  const { connectionId } = await call('POST', '/api/connectors/connect', key, { provider: 'sandbox_crm', api_key: source.apiKey });
  const began = performance.now();
  let again = 0;
  for (let run = 0; run < runs; run += 1) {
    source.change(random);
    const harms = planHarm(random, victims, run);
    again += (await survive(key, harms)) - 1;
    // The sink is behind the stream by a moment.
    const wanted = source.rows();
    await waitFor(async () => checkEffects({ rows: wanted, served: source.served, acknowledged: [], applied: await applied(connectionId) }).lost.length === 0, { what: 'the warehouse to have everything', timeoutMs: 60_000, intervalMs: 300 }).catch(() => undefined);
    const verdict = checkEffects({ rows: wanted, served: source.served, acknowledged: [], applied: await applied(connectionId) });
    const bad = verdict.lost.length + verdict.duplicated.length + verdict.unexpected.length;
    say(`run ${String(run + 1).padStart(3)}  ${harms.map(({ victim, kind }) => `${kind} ${victim}`).join(', ').padEnd(90)} ${verdict.applied} rows  ${bad === 0 ? 'ok' : `lost ${verdict.lost.slice(0, 5)} duplicated ${verdict.duplicated.slice(0, 5)} unexpected ${verdict.unexpected.slice(0, 5)}`}`);
    if (bad > 0) {
      failed = true;
      break;
    }
  }
  const verdict = checkEffects({ rows: source.rows(), served: source.served, acknowledged: await acknowledged(connectionId), applied: await applied(connectionId) });
  failed ||= verdict.lost.length + verdict.duplicated.length + verdict.unexpected.length + verdict.inverted.length > 0;
  const met = await goneOnWith(connectionId, runs + again);
  // Harm that never meets a reading shows nothing.
  failed ||= runs >= 20 && met <= 0;
  say(`\n${'killed or frozen'.padEnd(24)} kill -9  frozen`);
  for (const [victim, { kill, freeze }] of harmed) say(`${victim.padEnd(24)} ${String(kill).padStart(7)} ${String(freeze).padStart(7)}`);
  say(`\nruns ${runs}, seed ${seed}, ${Math.round((performance.now() - began) / 1_000)} s, syncs started again ${again}, readings interrupted ${met}`);
  say('| attempted | acknowledged | applied | lost | duplicated | unexpected | inverted |\n|-----------|--------------|---------|------|------------|------------|----------|');
  say(`| ${[verdict.attempted, verdict.acknowledged, verdict.applied, verdict.lost.length, verdict.duplicated.length, verdict.unexpected.length, verdict.inverted.length].join(' | ')} |`);
  for (const [what, list] of Object.entries({ lost: verdict.lost, duplicated: verdict.duplicated, unexpected: verdict.unexpected, inverted: verdict.inverted })) if (list.length > 0) say(`${what}: ${list.slice(0, 20).join('; ')}`);
} catch (error) {
  failed = true;
  process.stderr.write(`${error instanceof Error ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}` : String(error)}\n`);
} finally {
  await product.close().catch(() => undefined);
  await source.close();
}
process.exit(failed ? 1 : 0);
