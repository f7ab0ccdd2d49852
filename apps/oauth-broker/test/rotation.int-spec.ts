import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { clientSecretRotations, newId, oauthApps, Secret, type Principal, type Rotation } from '@trunkline/contracts';
import { createDataSource, PostgresDataKeyStore } from '@trunkline/persistence';
import type { RunningService } from '@trunkline/service';
import { connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestNats } from '@trunkline/testing';
import { createVault, parseMasterKeys, sealedKeyVersion } from '@trunkline/vault';
import { sealedVerifierContext } from '../src/authorization/code-verifier.js';
import { oauthBroker, oauthDatabase } from '../src/index.js';
import { sealedTables } from '../src/rotation/sealed-tables.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

let database: TestDatabase;
let nats: TestNats;
let client: TestClient;
let dataSource: DataSource;
let services: RunningService[];
const startOne = (more: Record<string, string> = {}) => {
  const environment = { TRUNKLINE_MASTER_KEY: `1:${one},2:${two}`, TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS: '1', TRUNKLINE_SANDBOX_URL: 'http://127.0.0.1:1', ...more };
  return startTestService(oauthBroker, { databaseUrl: database.url, natsUrl: nats.url, environment });
};
beforeAll(async () => {
  [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
  services = [await startOne({ TRUNKLINE_MASTER_KEY_PRIMARY: '1' })];
  client = await connectTestClient(nats.url, 'gateway');
  dataSource = await createDataSource('test', { databaseUrl: new Secret(database.url), databasePoolSize: 5, databaseStatementTimeoutMs: 30_000 }, oauthDatabase).initialize();
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  await dataSource?.destroy();
  await client?.close();
  await nats.stop();
  await database.drop();
});

const vault = () => createVault({ masterKeys: parseMasterKeys(`1:${one},2:${two}`), dataKeys: new PostgresDataKeyStore(dataSource) });
const put = (platformId: string, projectId: string | undefined, secret: string) =>
  client.rpc.call(oauthApps.put, { principal: operator, oauthApp: { platformId, ...(projectId === undefined ? {} : { projectId }), connector: 'sandbox_crm', clientId: 'c', clientSecret: new Secret(secret) } });
/** A person is on the way to the provider. */
async function walk(platformId: string, oauthAppId: string): Promise<{ id: string; platformId: string }> {
  const id = newId('authorization');
  await database.query(
    `INSERT INTO oauth."authorization" (state_hash, id, connection_id, platform_id, project_id, principal_kind, principal_id, connector, inputs, callback, oauth_app_id, client_id,
       redirect_uri, scopes, browser_binding_hash, sealed_code_verifier, expires_at)
     VALUES ($1, $2, 'conn_1', $3, 'proj_1', 'api_key', 'key_1', 'sandbox_crm', '{}', 'connectors', $4, 'c', 'https://x.example', '{}', $1, $5, now() + interval '10 minutes')`,
    [randomBytes(32), id, platformId, oauthAppId, Buffer.from(await vault().seal(sealedVerifierContext({ id, platformId }), `verifier of ${id}`))],
  );
  return { id, platformId };
}

const start = (kind: 'master' | 'data', principal = operator) => client.rpc.call(clientSecretRotations.start, { principal, rotation: { kind, destroyOld: kind === 'data' } });
const ended = ({ id }: Rotation): Promise<Rotation> =>
  waitFor(async () => {
    const rotation = await client.rpc.call(clientSecretRotations.get, { principal: operator, id });
    return rotation.status !== 'running' && rotation;
  }, { timeoutMs: 60_000, intervalMs: 100, what: 'the rotation to end' });

it('seals client secrets and code verifiers anew while they are read and written', async () => {
  const platforms = Array.from({ length: 10 }, () => newId('platform'));
  const secrets = new Map<string, string>();
  const store = async (platformId: string, projectId: string, secret: string) => void secrets.set((await put(platformId, projectId, secret)).id, secret);
  const owners = platforms.flatMap((platformId) => Array.from({ length: 6 }, (_, index) => ({ platformId, projectId: `proj_${platformId}_${index}` })));
  for (const { platformId, projectId } of owners) await store(platformId, projectId, `secret of ${projectId}`);
  // Of the installation itself: sealed with a key of no platform.
  const builtIn = { connector: 'sandbox_crm', clientId: 'c', clientSecret: new Secret('secret of the installation'), builtIn: true };
  secrets.set((await client.rpc.call(oauthApps.put, { principal: operator, oauthApp: builtIn })).id, 'secret of the installation');
  const walks = await Promise.all([...secrets.keys()].slice(0, 5).map((id, index) => walk(platforms[index]!, id)));
  await services[0]!.close();
  services = await Promise.all([startOne(), startOne()]);

  let running = true;
  let reads = 0;
  const reading = (async () => {
    while (running) {
      for (const id of secrets.keys()) {
        if (!running) break;
        const before = secrets.get(id);
        const { clientSecret } = await client.rpc.call(oauthApps.reveal, { oauthAppId: id });
        expect([before, secrets.get(id)]).toContain(clientSecret?.reveal());
        reads += 1;
      }
    }
  })();
  const writing = (async () => {
    for (let index = 0; running; index += 1) {
      const { platformId, projectId } = owners[index % owners.length]!;
      await store(platformId, projectId, `secret ${index} of ${projectId}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const rotations = await Promise.all([start('data'), start('master')]);
  const again = await start('data');
  expect(again.id).toBe(rotations[0].id);
  const outcomes = await Promise.all(rotations.map(ended));
  running = false;
  await Promise.all([reading, writing]);

  expect(outcomes).toEqual([expect.objectContaining({ status: 'done', failed: 0 }), expect.objectContaining({ status: 'done', failed: 0 })]);
  expect(reads).toBeGreaterThan(100);
  const sealed = await database.query<{ sealed: Buffer }>(`SELECT sealed_client_secret AS sealed FROM oauth.oauth_app UNION ALL SELECT sealed_code_verifier FROM oauth."authorization"`);
  expect([...new Set(sealed.map((row) => sealedKeyVersion(row.sealed)))]).toEqual([2]);
  // The old keys are gone, and whatever was sealed with them opens all the same.
  expect(await database.query('SELECT 1 FROM oauth.data_key WHERE version <> 2 OR master_version <> 2')).toEqual([]);
  for (const [oauthAppId, secret] of secrets) expect((await client.rpc.call(oauthApps.reveal, { oauthAppId })).clientSecret?.reveal()).toBe(secret);

  for (const { id, platformId } of walks) {
    const [row] = await database.query<{ sealed: Buffer }>('SELECT sealed_code_verifier AS sealed FROM oauth."authorization" WHERE id = $1', [id]);
    expect(await vault().openText(sealedVerifierContext({ id, platformId }), row!.sealed)).toBe(`verifier of ${id}`);
  }
}, 90_000);

it('is nobody\'s but the operator\'s', async () => {
  await expect(start('data', { ...operator, kind: 'api_key', reach: 'platform', platformId: 'plat_1' })).rejects.toMatchObject({ code: 'AUTHORIZATION' });
});

it('knows every sealed column there is', async () => {
  const columns = await database.query<{ name: string }>(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'oauth' AND column_name LIKE '%sealed%' ORDER BY 1`);
  expect(columns.map(({ name }) => name)).toEqual(sealedTables.map(({ table, sealed }) => `${table.replaceAll('"', '')}.${sealed}`).sort());
});
