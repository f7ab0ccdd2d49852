import { randomBytes, randomUUID } from 'node:crypto';
import type { DataKeyStore, StoredDataKey } from './data-key-store.js';

/** A store for the suite: fresh or shared (tenants are random), and how to let go of it. */
export interface StoreUnderTest {
  readonly store: DataKeyStore;
  close?(): Promise<void>;
}

/** What every {@link DataKeyStore} must do. Call it in a spec file of the adapter, with Jest's globals in place. */
export function dataKeyStoreSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a data key store`, () => {
    let under: StoreUnderTest;
    let tenant: string;
    const key = (version: number, over: Partial<StoredDataKey> = {}): StoredDataKey => ({
      tenant, version, masterVersion: 1, wrapped: new Uint8Array(randomBytes(61)), ...over,
    });
    const plain = (stored: StoredDataKey | null) => stored && { ...stored, wrapped: Buffer.from(stored.wrapped).toString('hex') };

    beforeAll(async () => {
      under = await open();
    });
    beforeEach(() => {
      tenant = randomUUID();
    });
    afterAll(async () => {
      await under.close?.();
    });

    it('has nothing for a new tenant', async () => {
      expect(await under.store.findPrimary(tenant)).toBeNull();
      expect(await under.store.find(tenant, 1)).toBeNull();
    });

    it('gives back what was inserted, byte for byte', async () => {
      const one = key(1, { masterVersion: 7, wrapped: Uint8Array.from({ length: 256 }, (_, i) => i) });
      expect(plain(await under.store.insert(one))).toEqual(plain(one));
      expect(plain(await under.store.find(tenant, 1))).toEqual(plain(one));
      expect(plain(await under.store.findPrimary(tenant))).toEqual(plain(one));
    });

    it('takes the highest version for primary, as a number', async () => {
      const keys = [key(2), key(10), key(9)];
      for (const each of keys) await under.store.insert(each);
      expect(plain(await under.store.findPrimary(tenant))).toEqual(plain(keys[1] as StoredDataKey));
      expect(plain(await under.store.find(tenant, 9))).toEqual(plain(keys[2] as StoredDataKey));
      expect(await under.store.find(tenant, 3)).toBeNull();
    });

    it('keeps tenants apart', async () => {
      const mine = await under.store.insert(key(1));
      const other = randomUUID();
      expect(await under.store.find(other, 1)).toBeNull();
      const theirs = await under.store.insert(key(1, { tenant: other }));
      expect(plain(await under.store.find(tenant, 1))).toEqual(plain(mine));
      expect(plain(await under.store.find(other, 1))).toEqual(plain(theirs));
    });

    it('never replaces a key: the second insert gets the first one back', async () => {
      const first = key(1);
      await under.store.insert(first);
      expect(plain(await under.store.insert(key(1, { masterVersion: 2 })))).toEqual(plain(first));
      expect(plain(await under.store.find(tenant, 1))).toEqual(plain(first));
    });

    it('has one winner when many insert at once, and tells it to all', async () => {
      const keys = Array.from({ length: 20 }, () => key(1));
      const winners = await Promise.all(keys.map((each) => under.store.insert(each)));
      const stored = plain(await under.store.find(tenant, 1));
      expect(keys.map((each) => plain(each)?.wrapped)).toContain(stored?.wrapped);
      for (const winner of winners) expect(plain(winner)).toEqual(stored);
    });
  });
}
