import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhooks, webhookSecretRotations, type Principal } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { sealedKeyVersion } from '@trunkline/vault';
import { codeOf, startRegistry, type Registry } from './harness.js';
import { sealedTables } from '../src/webhook/sealed-tables.js';
import { startReceiver, status, verified, webhookVerbs, type Receiver } from './webhook-receiver.js';

const logFile = join(tmpdir(), `trunkline-webhooks-${process.pid}-${Date.now()}.log`);

let registry: Registry;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  registry = await startRegistry({
    TRUNKLINE_EGRESS_ALLOW: receiver.authority,
    TRUNKLINE_WEBHOOK_RETRY_SECONDS: Array.from({ length: 20 }, () => '0.1').join(','),
    TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS: '1',
    LOG_LEVEL: 'debug',
    LOG_DESTINATION: logFile,
  });
});
afterAll(async () => {
  await registry?.stop();
  await receiver?.close();
  await rm(logFile, { force: true });
});
const here = webhookVerbs(() => registry, () => receiver);

describe('a secret', () => {
  const rotate = (principal: Principal, id: string, overlapHours: number) => registry.call(webhooks.rotate, { principal, id, overlapHours });

  it('and its successor both sign while they overlap; then the former is destroyed', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin);
    const rotated = await rotate(admin, id, 2);
    const next = rotated.secret.reveal();
    expect(next).not.toBe(secret);
    const hours = (Date.parse(rotated.formerSecretUntil!) - Date.now()) / 3_600_000;
    expect(Math.abs(hours - 2)).toBeLessThan(0.1);
    await here.broken(here.fact(tenant));
    const [both] = await receiver.wait(path);
    expect(String(both!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const one of [secret, next]) verified(both!, one);
    await registry.database.query(`UPDATE registry.webhook_secret SET until = now() WHERE webhook_id = $1 AND until IS NOT NULL`, [id]);
    expect((await here.get(admin, id)).formerSecretUntil).toBeNull();
    await here.broken(here.fact(tenant));
    const [, alone] = await receiver.wait(path, 2);
    verified(alone!, next);
    expect(() => verified(alone!, secret)).toThrow();
    await waitFor(async () => (await registry.database.query('SELECT 1 FROM registry.webhook_secret WHERE webhook_id = $1', [id])).length === 1, { what: 'the former secret to be destroyed' });
  });

  it('that the receiver has stays good when somebody rotates twice, and nothing overlaps where nothing is to', async () => {
    const { admin, ...tenant } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin);
    const made = await Promise.all(Array.from({ length: 7 }, () => rotate(admin, id, 1)));
    await here.broken(here.fact(tenant));
    const [first] = await receiver.wait(path);
    expect(String(first!.headers['webhook-signature']).split(' ')).toHaveLength(5);
    expect(new Set(made.map((one) => one.secret.reveal())).size).toBe(7);
    const last = await rotate(admin, id, 0);
    const { webhook: { id: other }, path: otherPath, secret: original } = await here.create(admin);
    await rotate(admin, other, 1);
    await rotate(admin, other, 1);
    await here.broken(here.fact(tenant));
    verified((await receiver.wait(otherPath))[0]!, original);
    verified((await receiver.wait(path, 2))[1]!, last.secret.reveal());
    expect(() => verified(first!, secret)).toThrow();
  });

  it('is sealed anew by a rotation of keys, and signs as before', async () => {
    const { admin, platform, project, ...tenant } = await here.tenant();
    const { webhook: { id }, path, secret } = await here.create(admin);
    const ofPlatform = await here.create(await registry.platformPrincipal(platform.id));
    const principal = registry.operator;
    expect(await codeOf(registry.call(webhookSecretRotations.start, { principal: admin, rotation: { kind: 'data', destroyOld: true } }))).toBe('AUTHORIZATION');
    const { id: rotationId } = await registry.call(webhookSecretRotations.start, { principal, rotation: { kind: 'data', destroyOld: true } });
    const done = await waitFor(async () => {
      const rotation = await registry.call(webhookSecretRotations.get, { principal, id: rotationId });
      return rotation.status !== 'running' && rotation;
    }, { what: 'the rotation to end', timeoutMs: 60_000 });
    expect(done).toMatchObject({ status: 'done', failed: 0 });
    expect((await registry.call(webhookSecretRotations.list, { principal })).rotations.map((one) => one.id)).toContain(rotationId);
    const sealed = await registry.database.query<{ sealed: Buffer }>('SELECT sealed_secret AS sealed FROM registry.webhook_secret WHERE webhook_id IN ($1, $2)', [id, ofPlatform.webhook.id]);
    expect(sealed.map((row) => sealedKeyVersion(row.sealed))).toEqual([2, 2]);
    await here.broken(here.fact({ platform, project, ...tenant }));
    verified((await receiver.wait(path))[0]!, secret);
    verified((await receiver.wait(ofPlatform.path))[0]!, ofPlatform.secret);
  }, 90_000);

  it('has every sealed column known to the rotation', async () => {
    const columns = await registry.database.query<{ name: string }>(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'registry' AND column_name LIKE '%sealed%' ORDER BY 1`);
    expect(columns.map(({ name }) => name)).toEqual(sealedTables.map(({ table, sealed }) => `${table}.${sealed}`));
  });

  it('is in no log, and neither is an address', async () => {
    const { admin, ...tenant } = await here.tenant();
    const made = await here.create(admin);
    const { webhook: { id }, path } = made;
    await here.change(admin, id, { url: `${receiver.url(path)}?token=address-canary` });
    receiver.answer(`${path}?token=address-canary`, status(500));
    const rotated = await rotate(admin, id, 1);
    await here.broken(here.fact(tenant));
    await waitFor(async () => (await readFile(logFile, 'utf8')).includes(id), { what: 'the log to tell of a failed attempt' });
    await registry.call(webhooks.ping, { principal: admin, id });
    const log = await readFile(logFile, 'utf8');
    for (const secret of [made.secret, rotated.secret.reveal()]) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(secret.slice('whsec_'.length));
    }
    expect(log).not.toMatch(/address-canary|whsec_/);
    expect(JSON.stringify(await registry.database.query('SELECT * FROM registry.webhook_delivery WHERE webhook_id = $1', [id]))).not.toContain('address-canary');
  });
});
