import { DataSource } from 'typeorm';
import { newId } from '@trunkline/contracts';
import { asTenant, createDataSource, migrate, Sql } from '@trunkline/persistence';
import { commonSettings, createLogger, Health, loadConfig } from '@trunkline/service';
import { createTestDatabase, type TestDatabase } from '@trunkline/testing';
import { describeCheckpointStore } from '../src/checkpoint/checkpoint-store.suite.js';
import { PostgresCheckpointStore } from '../src/checkpoint/checkpoint-store.postgres.js';
import { syncSettings, type SyncContext } from '../src/config.js';
import { migrations } from '../src/migrations/index.js';
import type { Connectors } from '../src/connector/connectors.js';
import { ClaimTask } from '../src/task/claim-task.js';

let database: TestDatabase;
let source: DataSource;
let context: SyncContext;
/** Nothing here is read: no definition is looked at. */
const connectors = { ready: async () => undefined, find: () => undefined } as unknown as Connectors;

beforeAll(async () => {
  database = await createTestDatabase();
  const config = loadConfig('sync-orchestrator', { ...commonSettings, ...syncSettings }, { DATABASE_URL: database.url });
  context = { name: 'sync-orchestrator', config, logger: createLogger({ service: 'test', level: 'silent', destination: 'stdout' }), health: new Health() };
  source = await createDataSource('test', config, { schema: 'sync', entities: [], migrations }).initialize();
  await migrate(source, 'sync', database.url);
});
afterAll(async () => {
  await source?.destroy();
  await database?.drop();
});

describeCheckpointStore('PostgreSQL', () => {
  const [flowId, runId] = [newId('flow'), newId('run')];
  const tasks = new Map<string, string>();
  const claims = new ClaimTask(source, context, connectors);

  async function taskOf(stream: string): Promise<string> {
    const known = tasks.get(stream);
    if (known !== undefined) return known;
    const id = newId('task');
    tasks.set(stream, id);
    await source.query(
      `INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, interval_seconds, next_run_at) VALUES ($1, 'plat_1', 'proj_1', $1, 'sandbox_crm', 60, now()) ON CONFLICT DO NOTHING`,
      [flowId],
    );
    await source.query(
      `INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, trigger, status, planned_at) VALUES ($1, $2, $2, 'plat_1', 'proj_1', 'sandbox_crm', 'manual', 'queued', now()) ON CONFLICT DO NOTHING`,
      [runId, flowId],
    );
    await source.query(`INSERT INTO sync.task (id, run_id, flow_id, project_id, connector, stream, status, nudge_at) VALUES ($1, $2, $3, 'proj_1', 'sandbox_crm', $4, 'queued', now())`, [id, runId, flowId, stream]);
    return id;
  }

  return {
    store: new PostgresCheckpointStore(new Sql(source), context),
    claim: async (stream) => {
      const id = await taskOf(stream);
      await source.query(`UPDATE sync.task SET lease_until = now() - interval '1 second' WHERE id = $1`, [id]);
      const claim = await claims.claim(id, 'worker');
      if (claim === null) throw new Error('the task is not to be had');
      return claim;
    },
    cancel: async (stream) => {
      await source.query(`UPDATE sync.task SET status = 'cancelled' WHERE id = $1`, [tasks.get(stream)]);
    },
    standing: async (stream) => {
      const [row] = (await source.query(
        `SELECT c.state, c.version::int AS version, t.records::int AS records, t.quarantined::int AS quarantined, (SELECT count(*)::int FROM sync.quarantine q WHERE q.run_id = t.run_id AND q.stream = t.stream) AS rows
         FROM sync.task t JOIN sync.checkpoint c USING (flow_id, stream) WHERE t.id = $1`,
        [tasks.get(stream)],
      )) as { state: unknown; version: number; records: number; quarantined: number; rows: number }[];
      expect(row!.rows).toBe(row!.quarantined);
      return { state: row!.state, version: row!.version, records: row!.records, quarantined: row!.quarantined };
    },
  };
});

describe('claiming a task', () => {
  it('is for one worker only, and only when it may be worked on', async () => {
    const claims = new ClaimTask(source, context, connectors);
    const [flowId, runId, taskId] = [newId('flow'), newId('run'), newId('task')];
    await source.query(`INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, interval_seconds, next_run_at) VALUES ($1, 'plat_1', 'proj_1', $1, 'sandbox_crm', 60, now())`, [flowId]);
    await source.query(`INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, trigger, status, planned_at) VALUES ($1, $2, $2, 'plat_1', 'proj_1', 'sandbox_crm', 'manual', 'queued', now())`, [runId, flowId]);
    await source.query(`INSERT INTO sync.task (id, run_id, flow_id, project_id, connector, stream, status, nudge_at, not_before) VALUES ($1, $2, $3, 'proj_1', 'sandbox_crm', 'contacts', 'queued', now(), now() + interval '1 hour')`, [taskId, runId, flowId]);
    expect(await claims.claim(taskId, 'early')).toBeNull();
    await source.query('UPDATE sync.task SET not_before = now() WHERE id = $1', [taskId]);
    const winners = (await Promise.all(Array.from({ length: 8 }, (_, index) => claims.claim(taskId, `worker ${index}`)))).filter((claim) => claim !== null);
    expect(winners).toMatchObject([{ generation: 1, stream: 'contacts', attempts: 0 }]);
    // Its holder fell silent: the next one has a higher generation, and the failure counts.
    await source.query(`UPDATE sync.task SET lease_until = now() - interval '1 millisecond' WHERE id = $1`, [taskId]);
    expect(await claims.claim(taskId, 'successor')).toMatchObject({ generation: 2, attempts: 1 });
    await source.query('UPDATE sync.flow SET deleted_at = now() WHERE id = $1', [flowId]);
    await source.query(`UPDATE sync.task SET lease_until = now() - interval '1 second' WHERE id = $1`, [taskId]);
    expect(await claims.claim(taskId, 'too late')).toBeNull();
  });
});

describe('the second wall', () => {
  it('shows a request the rows of its project alone, and lets it write no others', async () => {
    const [mine, foreign] = [newId('project'), newId('project')];
    const flowOf = (projectId: string) => [newId('flow'), projectId];
    const insert = `INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, interval_seconds, next_run_at) VALUES ($1, 'plat_wall', $2, $1, 'sandbox_crm', 60, now())`;
    const [ours, theirs] = [flowOf(mine), flowOf(foreign)];
    for (const flow of [ours, theirs]) {
      await source.query(insert, flow);
      await source.query(`INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, trigger, status, planned_at) VALUES ($1, $1, $1, 'plat_wall', $2, 'sandbox_crm', 'manual', 'queued', now())`, flow);
      await source.query(`INSERT INTO sync.task (id, run_id, flow_id, project_id, connector, stream, status, nudge_at) VALUES ($1, $1, $1, $2, 'sandbox_crm', 'contacts', 'queued', now())`, flow);
      await source.query(`INSERT INTO sync.checkpoint (flow_id, stream) VALUES ($1, 'contacts')`, [flow[0]]);
    }
    const tenant = { platformId: 'plat_wall', projectId: mine };
    for (const [table, column] of [['flow', 'id'], ['run', 'id'], ['task', 'id'], ['checkpoint', 'flow_id']]) {
      expect(await asTenant(source, tenant, (tx) => tx.query(`SELECT ${column} AS id FROM sync.${table}`))).toEqual([{ id: ours[0] }]);
      expect(await asTenant(source, { platformId: 'plat_other', projectId: null }, (tx) => tx.query(`SELECT 1 FROM sync.${table}`))).toEqual([]);
    }
    await expect(asTenant(source, tenant, (tx) => tx.query(insert, flowOf(foreign)))).rejects.toThrow('row-level security');
    await expect(asTenant(source, tenant, (tx) => tx.query('DELETE FROM sync.flow'))).rejects.toThrow('permission denied');
  });
});
