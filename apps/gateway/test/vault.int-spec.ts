import { clientSecretRotations, credentialRotations, principals, webhookSecretRotations, type Principal, type Rotation } from '@trunkline/contracts';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, startTestNats, startTestService, type TestNats } from '@trunkline/testing';
import { gateway } from '../src/index.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
const rotation = (id: string): Rotation => ({
  id, kind: 'data', tenant: null, status: 'running', destroyOld: false, total: 5, done: 2, failed: 0, lastError: null, requestedBy: 'operator',
  started: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z', finished: null,
});

let nats: TestNats;
let service: RunningService;
const stops: { stop(): Promise<void> }[] = [];
const asked: unknown[] = [];
beforeAll(async () => {
  nats = await startTestNats();
  const start = (id: string) => ({ principal, rotation: wanted }: { principal: Principal; rotation: unknown }) => {
    if (principal.kind !== 'operator') throw new AppError('AUTHORIZATION', 'not you');
    asked.push(wanted);
    return rotation(id);
  };
  stops.push(
    await answerRpc(nats.url, principals.authenticate, ({ key }): Principal => (key.reveal() === 'operator' ? operator : { ...operator, kind: 'api_key', scopes: key.reveal() === 'admin' ? ['admin'] : [] })),
    await answerRpc(nats.url, credentialRotations.start, start('rot_1')),
    await answerRpc(nats.url, clientSecretRotations.start, start('rot_2')),
    await answerRpc(nats.url, webhookSecretRotations.start, start('rot_3')),
    await answerRpc(nats.url, credentialRotations.list, () => ({ rotations: [rotation('rot_1')] })),
    await answerRpc(nats.url, clientSecretRotations.list, () => ({ rotations: [] })),
    await answerRpc(nats.url, webhookSecretRotations.list, () => ({ rotations: [rotation('rot_3')] })),
  );
  service = await startTestService(gateway, { natsUrl: nats.url, environment: { PORT: '0', TRUNKLINE_PUBLIC_URL: 'https://trunkline.example' } });
});
afterAll(async () => {
  await service?.close();
  await Promise.all(stops.map((responder) => responder.stop()));
  await nats.stop();
});

const call = async (method: string, body?: unknown, key = 'operator') => {
  const init = { method, headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${service.url}/api/v1/vault/rotations`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

it('starts a rotation in every service that seals, and lists them all', async () => {
  expect(await call('POST', { kind: 'data', tenant: 'proj_1', destroyOld: true })).toMatchObject({ status: 202, body: { credentials: { id: 'rot_1', total: 5, done: 2 }, clientSecrets: { id: 'rot_2' }, webhookSecrets: { id: 'rot_3' } } });
  expect(asked).toEqual(Array.from({ length: 3 }, () => ({ kind: 'data', tenant: 'proj_1', destroyOld: true })));
  expect(await call('GET')).toMatchObject({ status: 200, body: { credentials: [{ id: 'rot_1' }], clientSecrets: [], webhookSecrets: [{ id: 'rot_3' }] } });
});

it.each([[{}], [{ kind: 'other' }], [{ kind: 'data', tenant: "x'; --" }], [{ kind: 'data', more: 1 }], [{ kind: 'data', destroyOld: 'yes' }]])('refuses %j', async (body) => {
  expect(await call('POST', body)).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
});

it('is the operator\'s alone', async () => {
  expect((await call('POST', { kind: 'master' }, 'admin')).status).toBe(403);
  expect((await call('POST', { kind: 'master' }, 'reader')).status).toBe(403);
});
