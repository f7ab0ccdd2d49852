import { loadCatalog } from '@trunkline/catalog';
import type { TenantPrincipal } from '../src/access/require-tenant.js';
import { idsQuery, type Filters } from '../src/connection/list/page-of-ids.js';
import { startRegistry, type Registry } from './harness.js';

/** Connections of one project. What is looked for stands at the end, where whoever reads in order comes last. */
const rows = 100_000;
/** Pages of 8 KiB that a query may touch: far more than ten rows need, far less than the table has (some 4,000). */
const fewPages = 500;

let registry: Registry;
let who: TenantPrincipal;
let userId: string;
beforeAll(async () => {
  registry = await startRegistry();
  const { principal, platform, project, user } = await registry.tenant();
  who = { ...principal, platformId: platform.id };
  userId = user.id;
  await registry.database.query(
    `INSERT INTO registry.connection
       (id, external_id, platform_id, project_id, owner_id, connector, type, piece_name, display_name, status, status_reason, pending_until, created_at)
     SELECT 'conn_' || n, 'external ' || n, $1, $2, CASE WHEN n > $4 - 10 THEN $3::text END, CASE WHEN n > $4 - 10 THEN 'rare' ELSE 'common' END, 'NO_AUTH', 'p',
       CASE WHEN n > $4 - 10 THEN 'Needle ' ELSE 'Connection ' END || md5(n::text),
       CASE WHEN n > $4 - 20 THEN 'degraded' WHEN n > $4 - 40 THEN 'disabled' ELSE 'active' END,
       CASE WHEN n > $4 - 10 THEN 'reauth_required' WHEN n > $4 - 20 THEN 'calls_failing' END, now(), now() - interval '1 day' + make_interval(secs => n / 10)
     FROM generate_series(1, $4::int) n`,
    [platform.id, project.id, user.id, rows],
  );
  await registry.database.query('VACUUM ANALYZE registry.connection');
}, 180_000);
afterAll(() => registry.stop());

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Actual Rows': number;
}

async function explain(filters: Filters, condition = 'true'): Promise<{ pages: number; found: number }> {
  const { text, values } = idsQuery(loadCatalog(), who, filters);
  const statement = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text({ limit: 11, condition, order: 'c.created_at ASC, c.id ASC' })}`;
  const [row] = await registry.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(statement, [...values]);
  const plan = row!['QUERY PLAN'][0].Plan;
  return { pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], found: plan['Actual Rows'] };
}

it.each<[string, () => Filters, number]>([
  ['nothing in particular', () => ({}), 11],
  ['a connector that most have', () => ({ connector: 'common' }), 11],
  ['a connector that few have', () => ({ connector: 'rare' }), 10],
  ['a rare status', () => ({ status: ['disabled'] }), 11],
  ['statuses, rare and common', () => ({ status: ['active', 'disabled', 'missing'] }), 11],
  ['what works, though calls may fail', () => ({ status: ['active', 'degraded'], statusReason: ['calls_failing'] }), 11],
  ['what is broken', () => ({ status: ['degraded'], statusReason: ['reauth_required', 'key_expired', 'refresh_outcome_unknown'] }), 10],
  ['part of a rare name', () => ({ displayName: 'eEDLe' }), 10],
  ['part of a common name', () => ({ displayName: 'nection' }), 11],
  ['part of no name', () => ({ displayName: 'qqqzzz' }), 0],
  ['an owner', () => ({ ownerId: userId }), 10],
  ['an externalId', () => ({ externalId: `external ${rows}` }), 1],
  ['scope PLATFORM', () => ({ scope: 'PLATFORM' }), 0],
])(`a page of ${rows} by %s is found without reading them`, async (_, filters, expected) => {
  const { pages, found } = await explain(filters());
  expect(found).toBe(expected);
  expect(pages).toBeLessThan(fewPages);
});

it('the last page costs what the first does', async () => {
  const [last] = await registry.database.query<{ at: string }>(`SELECT (max(created_at) - interval '2 seconds')::text AS at FROM registry.connection`);
  const { pages, found } = await explain({}, `(c.created_at, c.id) > ('${last!.at}'::timestamptz, 'conn_')`);
  expect(found).toBeGreaterThan(0);
  expect(pages).toBeLessThan(fewPages);
});
