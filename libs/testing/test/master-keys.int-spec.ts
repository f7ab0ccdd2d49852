import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { credentialRotations, type Principal } from '@trunkline/contracts';
import { connectTestClient, createTestDatabase, startHttpServer, startTestNats, startTestService, waitFor, type TestDatabase, type TestHttpServer, type TestNats } from '../src/index.js';
import { sealingService } from './sealing-service.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
const token = 'hvs.token-of-the-test';

/** Vault transit with one key, and a seal that can be closed. */
async function startTransit() {
  const [key, state] = [randomBytes(32), { sealed: false }];
  const server = await startHttpServer((request, response, body) => {
    const answer = (status: number, data: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data));
    if (state.sealed) return void answer(503, { errors: ['Vault is sealed'] });
    if (request.headers['x-vault-token'] !== token) return void answer(403, { errors: ['permission denied'] });
    const asked = JSON.parse(body) as Record<string, string>;
    const bytes = (member: string) => Buffer.from(asked[member] ?? '', 'base64');
    if (request.url === '/v1/transit/encrypt/trunkline') {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bytes('associated_data'));
      const sealed = Buffer.concat([nonce, cipher.update(bytes('plaintext')), cipher.final(), cipher.getAuthTag()]);
      return void answer(200, { data: { ciphertext: `vault:v1:${sealed.toString('base64')}` } });
    }
    const sealed = Buffer.from(asked.ciphertext?.replace('vault:v1:', '') ?? '', 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(bytes('associated_data')).setAuthTag(sealed.subarray(-16));
    answer(200, { data: { plaintext: Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('base64') } });
  });
  return { ...server, state };
}

describe('a service whose master key is elsewhere', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let transit: TestHttpServer & { state: { sealed: boolean } };
  beforeAll(async () => {
    [database, nats, transit] = await Promise.all([createTestDatabase(), startTestNats(), startTransit()]);
  });
  afterAll(async () => {
    await transit.close();
    await nats.stop();
    await database.drop();
  });
  const start = (over: Record<string, string> = {}) =>
    startTestService(sealingService, {
      databaseUrl: database.url,
      natsUrl: nats.url,
      environment: { TRUNKLINE_KMS: 'vault', TRUNKLINE_VAULT_ADDRESS: transit.url, TRUNKLINE_VAULT_KEY: 'trunkline', TRUNKLINE_VAULT_TOKEN: token, ...over },
    });

  it.each([
    ['while it is sealed', { sealed: true }, {}, /Vault is sealed.*TRUNKLINE_VAULT_ADDRESS/],
    ['with a token that is refused', { sealed: false }, { TRUNKLINE_VAULT_TOKEN: 'another' }, /403.*TRUNKLINE_VAULT_TOKEN/],
    ['with a master key of its own but told to use Vault', { sealed: false }, { TRUNKLINE_VAULT_KEY: '', TRUNKLINE_MASTER_KEY: randomBytes(32).toString('base64') }, /TRUNKLINE_VAULT_KEY is missing/],
  ])('does not start %s', async (_, state, environment: Record<string, string>, says) => {
    Object.assign(transit.state, state);
    await expect(start(environment)).rejects.toThrow(says);
    transit.state.sealed = false;
  });

  it('answers SERVICE_UNAVAILABLE while it is away, and goes on by itself', async () => {
    const service = await start();
    const client = await connectTestClient(nats.url, 'gateway');
    try {
      const ask = () => client.rpc.call(credentialRotations.start, { principal: operator, rotation: { kind: 'master', destroyOld: false } });
      transit.state.sealed = true;
      await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      await database.query(`INSERT INTO sealing.rotation (id, kind, destroy_old, requested_by, target_version) VALUES ('rot_waits', 'master', false, 'operator', 1)`);
      const get = () => client.rpc.call(credentialRotations.get, { principal: operator, id: 'rot_waits' });
      await waitFor(async () => (await get()).lastError?.includes('cannot be reached'), { what: 'the vain step to be told' });
      expect((await get()).status).toBe('running');
      transit.state.sealed = false;
      await waitFor(async () => (await get()).status === 'done', { what: 'the rotation to go on' });
      expect((await get()).lastError).toBeNull();
    } finally {
      await client.close();
      await service.close();
    }
  });
});
