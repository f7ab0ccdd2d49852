import { signingKeys, type ReplyOf, type RequestOf, type RpcContract, type SigningKey } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { answerRpc } from '@trunkline/testing';
import { World } from './world.js';

const key: SigningKey = {
  id: 'skey_1', platformId: 'plat_1', projectId: 'proj_1', displayName: 'Warehouse', algorithm: 'ES256', publicKeyPem: '-----BEGIN PUBLIC KEY-----', publicJwk: { kty: 'EC', kid: 'skey_1' },
  sshPublicKey: null, certificatePem: '-----BEGIN CERTIFICATE-----', fingerprint: 'abc', created: '2026-01-01T00:00:00.000Z',
};

describe('signing keys', () => {
  let world: World;
  const asked: unknown[] = [];
  const responders: { stop(): Promise<void> }[] = [];
  async function answer<Contract extends RpcContract>(contract: Contract, handler: (request: RequestOf<Contract>) => ReplyOf<Contract>): Promise<void> {
    responders.push(await answerRpc(world.nats.url, contract, handler as never));
  }
  beforeAll(async () => {
    world = await World.start();
    await answer(signingKeys.create, ({ principal, signingKey }) => {
      asked.push({ project: principal.projectId, ...signingKey, privateKey: signingKey.privateKey?.reveal() });
      return { ...key, ...({ privateKey: 'canary' } as object) };
    });
    await answer(signingKeys.list, () => ({ signingKeys: [key] }));
    await answer(signingKeys.get, ({ id }) => {
      if (id !== key.id) throw AppError.notFound('signing_key', id);
      return key;
    });
    await answer(signingKeys.delete, () => {
      throw new AppError('VALIDATION', '2 connections sign with this key.', { params: { connections: 2 } });
    });
  });
  afterAll(async () => {
    await Promise.all(responders.map((responder) => responder.stop()));
    await world?.stop();
  });

  const path = '/api/v1/signing-keys';
  const create = (body: unknown, as = 'good') => world.call(path, { method: 'POST', key: as, body });

  it('are generated or uploaded for the caller\'s tenant; what is no public member does not leave', async () => {
    const generated = await create({ displayName: ' Warehouse ', algorithm: 'ES256' });
    expect([generated.status, await generated.json()]).toEqual([201, key]);
    expect((await create({ displayName: 'Own', algorithm: 'RS256', privateKey: 'pem' })).status).toBe(201);
    expect(asked).toEqual([{ project: 'proj_1', displayName: 'Warehouse', algorithm: 'ES256', privateKey: undefined }, { project: 'proj_1', displayName: 'Own', algorithm: 'RS256', privateKey: 'pem' }]);
  });

  it.each<[string, unknown]>([
    ['an unknown algorithm', { displayName: 'x', algorithm: 'HS256' }],
    ['no name', { algorithm: 'ES256' }],
    ['a member nobody knows', { displayName: 'x', algorithm: 'ES256', projectId: 'proj_2' }],
    ['a key that is too long', { displayName: 'x', algorithm: 'ES256', privateKey: 'x'.repeat(32_769) }],
    ['nothing', undefined],
  ])('are not made from %s', async (_, body) => {
    expect((await create(body)).status).toBe(400);
  });

  it('are read with connections:read and changed with connections:write', async () => {
    expect(await (await world.call(path, { key: 'reader' })).json()).toEqual({ signingKeys: [key] });
    expect(await (await world.call(`${path}/skey_1`, { key: 'reader' })).json()).toEqual(key);
    expect((await create({ displayName: 'x', algorithm: 'ES256' }, 'reader')).status).toBe(403);
    expect((await world.call(`${path}/skey_1`, { method: 'DELETE', key: 'reader' })).status).toBe(403);
    expect((await world.call(path, { key: 'planner' })).status).toBe(403);
  });

  it('that are not there are not found, and those in use are not deleted', async () => {
    expect((await world.call(`${path}/skey_2`)).status).toBe(404);
    const refused = await world.call(`${path}/skey_1`, { method: 'DELETE' });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'VALIDATION', params: { connections: 2 } }]);
  });
});
