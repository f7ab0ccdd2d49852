import type { AdapterPayload } from 'oidc-provider';
import { DurableMap } from '../storage/durable-map.js';
import { ArtifactStore } from './artifact-store.js';
import type { Artifact } from './artifact-store.js';

let clock: number;
let map: DurableMap<Artifact>;
let store: ArtifactStore;
beforeEach(async () => {
  clock = Date.now();
  map = await DurableMap.open<Artifact>(undefined);
  store = new ArtifactStore(map, { alreadyUsed: (model) => new Error(`${model} used`), now: () => clock });
});

const save = (model: string, id: string, payload: Partial<AdapterPayload> = {}, seconds = 60) => store.adapter(model).upsert(id, { jti: id, ...payload }, seconds);

async function grant(id: string, accountId = 'acc_1') {
  await save('Grant', id, { accountId });
  await save('RefreshToken', `rt-${id}`, { grantId: id, accountId });
  await save('AccessToken', `at-${id}`, { grantId: id, accountId });
}

describe('ArtifactStore', () => {
  it('takes copies, so later changes to the object do not count', async () => {
    const payload = { jti: 's', uid: 'u', authorizations: { client: { sid: 'one' } } };
    await store.adapter('Session').upsert('s', payload, 60);
    payload.authorizations.client.sid = 'two';
    const found = (await store.adapter('Session').findByUid('u')) as typeof payload;
    expect(found.authorizations.client.sid).toBe('one');
    found.authorizations.client.sid = 'three';
    expect(((await store.adapter('Session').find('s')) as typeof payload).authorizations.client.sid).toBe('one');
  });

  it('keeps equal ids of different models apart', async () => {
    await save('AccessToken', 'same');
    expect(await store.adapter('RefreshToken').find('same')).toBeUndefined();
  });

  it('marks as used once; the second time fails and takes the grant along', async () => {
    await grant('g1');
    await grant('g2');
    const tokens = store.adapter('RefreshToken');
    const [first, second] = await Promise.allSettled([tokens.consume('rt-g1'), tokens.consume('rt-g1')]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: new Error('RefreshToken used') });
    expect(store.hasGrant('g1')).toBe(false);
    expect(await store.adapter('AccessToken').find('at-g1')).toBeUndefined();
    expect(store.hasGrant('g2')).toBe(true);
    await expect(tokens.consume('unknown')).rejects.toThrow('RefreshToken used');
  });

  it('keeps a used refresh token, so that a replay is recognised', async () => {
    await grant('g1');
    await store.adapter('RefreshToken').consume('rt-g1');
    expect(((await store.adapter('RefreshToken').find('rt-g1')) as AdapterPayload).consumed).toBe(Math.floor(clock / 1000));
  });

  it('revokes by grant what hangs on it, and leaves the grant to the caller', async () => {
    await grant('g1');
    await store.adapter('AccessToken').revokeByGrantId('g1');
    expect(await store.adapter('RefreshToken').find('rt-g1')).toBeUndefined();
    expect(store.hasGrant('g1')).toBe(true);
  });

  it('ends by account: all grants, or only access tokens', async () => {
    await grant('g1');
    await grant('g2', 'acc_2');
    await save('AccessToken', 'more', { grantId: 'g2', accountId: 'acc_2' });
    expect(await store.expireAccessTokens('acc_2')).toBe(2);
    expect(await store.adapter('RefreshToken').find('rt-g2')).toBeDefined();
    expect(await store.revokeGrants('acc_2')).toBe(1);
    expect(await store.adapter('RefreshToken').find('rt-g2')).toBeUndefined();
    expect(await store.revokeGrants()).toBe(1);
    expect(map.size).toBe(0);
  });

  it('finds sessions and grants again after a restart', async () => {
    await grant('g1');
    await save('Session', 's', { uid: 'u' });
    const again = new ArtifactStore(map, { alreadyUsed: () => new Error('used') });
    expect(await again.adapter('Session').findByUid('u')).toMatchObject({ jti: 's' });
    expect(await again.revokeGrants('acc_1')).toBe(1);
    expect(await again.adapter('AccessToken').find('at-g1')).toBeUndefined();
  });

  it('forgets what has expired, in time and at a restart', async () => {
    await save('AccessToken', 'short', {}, 10);
    await save('Client', 'forever', {}, 0);
    clock += 11_000;
    for (let i = 0; i < 1000; i += 1) await save('AccessToken', `t${i}`);
    expect(map.has('AccessToken:short')).toBe(false);
    expect(map.has('Client:forever')).toBe(true);
    expect(ArtifactStore.keep('x', { payload: {}, expiresAt: Date.now() / 1000 - 1 })).toBe(false);
    expect(ArtifactStore.keep('x', { payload: {}, expiresAt: null })).toBe(true);
  });
});
