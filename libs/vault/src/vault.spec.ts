import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { MemoryDataKeyStore } from './data-key-store.memory.js';
import type { DataKeyStore, StoredDataKey } from './data-key-store.js';
import { createVault, parseMasterKeys, rewrapDataKey, sealedKeyVersion, sealedOverhead, VaultError } from './index.js';
import type { MasterKeys, SealContext } from './index.js';

const newKey = (): string => randomBytes(32).toString('base64');
const context: SealContext = { tenant: 't1', subject: 'connection-1', field: 'access_token' };
const secret = 'ya29.SECRET-\u20ac-\ud83d\udd11';

/** Counts what goes to the store and to the master keys, and can hold the store's answers back. */
function setUp(options: { cacheSize?: number; primaryMaxAgeMs?: number; master?: string; store?: MemoryDataKeyStore } = {}) {
  const memory = options.store ?? new MemoryDataKeyStore();
  const calls = { findPrimary: 0, find: 0, insert: 0, wrap: 0, unwrap: 0 };
  const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
    const answer = await work();
    await new Promise((resolve) => setImmediate(resolve));
    return answer;
  };
  const dataKeys: DataKeyStore = {
    findPrimary: (tenant) => (calls.findPrimary++, slowly(() => memory.findPrimary(tenant))),
    find: (tenant, version) => (calls.find++, slowly(() => memory.find(tenant, version))),
    insert: (key) => (calls.insert++, slowly(() => memory.insert(key))),
  };
  const ring = parseMasterKeys(options.master ?? newKey());
  const masterKeys: MasterKeys = {
    primaryVersion: () => ring.primaryVersion(),
    wrap: (key, text) => (calls.wrap++, ring.wrap(key, text)),
    unwrap: (key, text) => (calls.unwrap++, ring.unwrap(key, text)),
  };
  return { vault: createVault({ masterKeys, dataKeys, cacheSize: options.cacheSize, primaryMaxAgeMs: options.primaryMaxAgeMs }), memory, calls, ring };
}

const failure = async (work: Promise<unknown>): Promise<VaultError> => {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(VaultError);
  return error as VaultError;
};

describe('sealing', () => {
  it.each([secret, '', 'x', 'a'.repeat(100_000)])('brings text back (%#)', async (text) => {
    const { vault } = setUp();
    const sealed = await vault.seal(context, text);
    expect(sealed).toHaveLength(Buffer.byteLength(text) + sealedOverhead);
    expect(await vault.openText(context, sealed)).toBe(text);
  });

  it('seals like something that was opened without asking store or master keys, however old what it knows', async () => {
    const { vault, memory, ring } = setUp();
    const first = await vault.seal(context, secret);
    await vault.rotateDataKey('t1');
    let away = false;
    const leaving: DataKeyStore = {
      findPrimary: (tenant) => (away ? Promise.reject(new Error('away')) : memory.findPrimary(tenant)),
      find: (tenant, version) => (away ? Promise.reject(new Error('away')) : memory.find(tenant, version)),
      insert: (key) => memory.insert(key),
    };
    const other = createVault({ masterKeys: ring, dataKeys: leaving, primaryMaxAgeMs: 0 });
    await other.open(context, first);
    away = true;
    const kept = await other.sealLike(context, 'the next', first);
    expect([sealedKeyVersion(kept), await other.openText(context, kept)]).toEqual([1, 'the next']);
    await expect(other.seal(context, 'the next')).rejects.toThrow('away');
  });

  it('brings bytes back, also out of a larger buffer', async () => {
    const { vault } = setUp();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const sealed = await vault.seal(context, bytes.subarray(10, 200));
    const padded = Buffer.concat([Buffer.from('xx'), sealed, Buffer.from('yy')]);
    expect([...(await vault.open(context, padded.subarray(2, -2)))]).toEqual([...bytes.subarray(10, 200)]);
    expect([...(await vault.open(context, new Uint8Array(sealed)))]).toEqual([...bytes.subarray(10, 200)]);
  });

  it('has the documented layout and no plaintext in it', async () => {
    const { vault } = setUp();
    const sealed = Buffer.from(await vault.seal(context, secret));
    expect(sealed[0]).toBe(1);
    expect(sealed.readUInt32BE(1)).toBe(1);
    expect(sealedKeyVersion(sealed)).toBe(1);
    for (const part of ['SECRET', 't1', 'connection-1', 'access_token']) expect(sealed.includes(part)).toBe(false);
  });

  it('never uses a nonce twice', async () => {
    const { vault } = setUp();
    const sealed = await Promise.all(Array.from({ length: 10_000 }, () => vault.seal(context, secret)));
    expect(new Set(sealed.map((each) => Buffer.from(each.subarray(5, 17)).toString('hex'))).size).toBe(10_000);
    expect(new Set(sealed.map((each) => Buffer.from(each.subarray(17)).toString('hex'))).size).toBe(10_000);
  });

  it.each([
    { tenant: '' }, { subject: '' }, { field: '' }, { tenant: undefined }, { subject: 7 }, { field: '\ud800' }, { tenant: 'a\udc00' },
  ] as unknown as Partial<SealContext>[])('refuses the context %j, and makes no key for it', async (over) => {
    const { vault, calls } = setUp();
    await expect(vault.seal({ ...context, ...over }, secret)).rejects.toThrow(TypeError);
    expect(calls.insert).toBe(0);
  });

  it('refuses text that UTF-8 cannot carry back', async () => {
    await expect(setUp().vault.seal(context, 'a\ud800b')).rejects.toThrow(TypeError);
  });
});

it('opens what the first release sealed: the formats are a promise', async () => {
  const store = new MemoryDataKeyStore();
  const row = '01f259250ff979792c1a58f9705d065b931c89520ea4b6730545737106ad26a35183eb09ffc1f9ad3e7ac86085b6969bf2de2506bc51ac7bd32a55bb56';
  const wrapped = Buffer.from(row, 'hex');
  await store.insert({ tenant: 'tenant-1', version: 1, masterVersion: 7, wrapped });
  const vault = createVault({ masterKeys: parseMasterKeys('7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='), dataKeys: store });
  const sealed = '01000000016ef0dee922c9bac4631b597c3dc50515a1939123c06efe18cbd65db6c31154c84782c711853e1102cb2b16da06038265a55c8794902fc5fd57';
  expect(await vault.openText({ tenant: 'tenant-1', subject: 'connection-1', field: 'access_token' }, Buffer.from(sealed, 'hex')))
    .toBe('written by an earlier release');
});

describe('what does not open', () => {
  it.each([
    { tenant: 't2' }, { subject: 'connection-2' }, { field: 'refresh_token' }, { subject: 'connection-1 ' }, { field: 'Access_token' },
    // the same characters, parted differently
    { subject: 'connection-', field: '1access_token' }, { tenant: 't1c', subject: 'onnection-1' },
  ])('a value moved to %j', async (over) => {
    const { vault } = setUp();
    const sealed = await vault.seal(context, secret);
    const elsewhere = { ...context, ...over };
    await vault.seal(elsewhere, secret); // the other tenant has a key of the same version
    expect(await failure(vault.open(elsewhere, sealed))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    expect(await vault.openText(context, sealed)).toBe(secret);
  });

  it('a value with any bit changed; the error is the one of a moved value', async () => {
    const { vault } = setUp();
    await vault.seal({ ...context, tenant: 't2' }, secret);
    const sealed = await vault.seal(context, secret);
    const moved = await failure(vault.open({ ...context, tenant: 't2' }, sealed));
    for (let at = 0; at < sealed.length; at += 1) {
      for (const bit of [1, 0x80]) {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ bit;
        const error = await failure(vault.open(context, changed));
        // Bytes 1 to 4 name the key: there is none of that version to ask whether the rest is genuine.
        if (at >= 1 && at <= 4) expect(error.code).toBe('VAULT_KEY_UNKNOWN');
        else expect([error.code, error.message]).toEqual([moved.code, moved.message]);
      }
    }
  });

  it('a value sealed with one version and labelled with another that exists', async () => {
    const { vault } = setUp();
    const sealed = Buffer.from(await vault.seal(context, secret));
    expect(await vault.rotateDataKey('t1')).toBe(2);
    sealed.writeUInt32BE(2, 1);
    expect(await failure(vault.open(context, sealed))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
  });

  it('a cut or prolonged value, or no sealed value at all', async () => {
    const { vault } = setUp();
    const sealed = await vault.seal(context, secret);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(await failure(vault.open(context, sealed.slice(0, length)))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    }
    expect(await failure(vault.open(context, Buffer.concat([sealed, Buffer.from([0])])))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    expect(await failure(vault.open(context, Buffer.from(secret.repeat(3))))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    expect(() => sealedKeyVersion(Buffer.from('{"access_token":"plain text that was never sealed"}'))).toThrow(VaultError);
  });

  it('a value whose data key is gone, or whose master key is not configured or another one', async () => {
    const first = setUp({ master: `1:${newKey()}` });
    const sealed = await first.vault.seal(context, secret);
    expect(await failure(setUp({ store: new MemoryDataKeyStore() }).vault.open(context, sealed))).toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    expect(await failure(setUp({ store: first.memory, master: `2:${newKey()}` }).vault.open(context, sealed))).toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    const other = setUp({ store: first.memory, master: `1:${newKey()}` });
    expect(await failure(other.vault.open(context, sealed))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    // and sealing does not fall back to a key of its own
    expect(await failure(other.vault.seal(context, secret))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    expect(first.memory.count('t1')).toBe(1);
  });

  it("a data key's row moved to another tenant or version", async () => {
    const { vault, memory, ring } = setUp();
    await vault.seal(context, secret);
    const row = (await memory.find('t1', 1)) as StoredDataKey;
    for (const moved of [{ ...row, tenant: 't2' }, { ...row, version: 2 }]) {
      await memory.insert(moved);
      const other = createVault({ masterKeys: ring, dataKeys: memory });
      expect(await failure(other.seal({ ...context, tenant: moved.tenant }, secret))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    }
  });
});

describe('data keys', () => {
  it('is one, however many seal at once for a new tenant', async () => {
    const { vault, memory, calls } = setUp();
    const sealed = await Promise.all(Array.from({ length: 100 }, (_, i) => vault.seal({ ...context, subject: `c${i}` }, secret)));
    expect(memory.count()).toBe(1);
    expect(calls).toEqual({ findPrimary: 1, find: 0, insert: 1, wrap: 1, unwrap: 1 });
    for (const [i, each] of sealed.entries()) expect(await vault.openText({ ...context, subject: `c${i}` }, each)).toBe(secret);
  });

  it('is one for many processes too: all use the winner of the store', async () => {
    const [store, master] = [new MemoryDataKeyStore(), newKey()];
    const processes = Array.from({ length: 10 }, () => setUp({ store, master }));
    const sealed = await Promise.all(processes.flatMap(({ vault }) => Array.from({ length: 10 }, () => vault.seal(context, secret))));
    expect(processes.reduce((sum, { calls }) => sum + calls.insert, 0)).toBeGreaterThan(1); // the race took place
    expect(store.count()).toBe(1);
    const fresh = setUp({ store, master });
    for (const each of sealed) expect(await fresh.vault.openText(context, each)).toBe(secret);
    expect(fresh.calls).toMatchObject({ find: 1, unwrap: 1 });
  });

  it('opens without store or master key once warm, in the turn of the call', async () => {
    const { vault, calls } = setUp();
    const sealed = await vault.seal(context, secret);
    const before = { ...calls };
    let opened = '';
    void vault.openText(context, sealed).then((text) => (opened = text));
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve(); // microtasks only: any I/O would need a later turn
    expect(opened).toBe(secret);
    expect(calls).toEqual(before);
  });

  it('loads a key once for many readers at once', async () => {
    const [store, master] = [new MemoryDataKeyStore(), newKey()];
    const sealed = await setUp({ store, master }).vault.seal(context, secret);
    const { vault, calls } = setUp({ store, master });
    await Promise.all(Array.from({ length: 50 }, () => vault.openText(context, sealed)));
    expect(calls).toMatchObject({ find: 1, unwrap: 1 });
  });

  it('keeps no more of them than told, the least lately used go', async () => {
    const { vault, calls } = setUp({ cacheSize: 2 });
    const of = (tenant: string) => ({ ...context, tenant });
    const sealed = { a: await vault.seal(of('a'), secret), b: await vault.seal(of('b'), secret) };
    await vault.open(of('a'), sealed.a); // a is younger than b now
    await vault.seal(of('c'), secret);
    await vault.open(of('a'), sealed.a);
    expect(calls.find).toBe(0);
    await vault.open(of('b'), sealed.b);
    expect(calls.find).toBe(1);
  });

  it('tries again after the store failed', async () => {
    const { memory, ring } = setUp();
    let broken = true;
    const dataKeys: DataKeyStore = {
      findPrimary: (tenant) => (broken ? Promise.reject(new Error('no database')) : memory.findPrimary(tenant)),
      find: (tenant, version) => memory.find(tenant, version),
      insert: (key) => memory.insert(key),
    };
    const vault = createVault({ masterKeys: ring, dataKeys });
    await expect(vault.seal(context, secret)).rejects.toThrow('no database');
    broken = false;
    expect(await vault.openText(context, await vault.seal(context, secret))).toBe(secret);
  });

  it('rotates: new values take the new key, old ones stay readable, here and elsewhere', async () => {
    const [store, master] = [new MemoryDataKeyStore(), newKey()];
    const here = setUp({ store, master });
    const elsewhere = setUp({ store, master, primaryMaxAgeMs: 0 });
    const old = await here.vault.seal(context, secret);
    await elsewhere.vault.seal(context, secret);
    expect(await here.vault.rotateDataKey('t1')).toBe(2);
    for (const { vault } of [here, elsewhere]) {
      const young = await vault.seal(context, secret);
      expect(sealedKeyVersion(young)).toBe(2);
      expect(await here.vault.openText(context, young)).toBe(secret);
      expect(await elsewhere.vault.openText(context, young)).toBe(secret);
      expect(await vault.openText(context, old)).toBe(secret);
    }
    expect(await Promise.all([here.vault.rotateDataKey('t1'), elsewhere.vault.rotateDataKey('t1')])).toEqual([3, 3]);
    expect(store.count('t1')).toBe(3);
  });

  it('does not ask for the primary before it is old', async () => {
    const { vault, calls } = setUp();
    for (let i = 0; i < 10; i += 1) await vault.seal(context, secret);
    expect(calls.findPrimary).toBe(1);
  });

  it('forgets a tenant whose keys were destroyed', async () => {
    const { vault, memory } = setUp();
    const sealed = await vault.seal(context, secret);
    const other = await vault.seal({ ...context, tenant: 't2' }, secret);
    memory.shred('t1');
    expect(await vault.openText(context, sealed)).toBe(secret); // still warm
    vault.forget('t1');
    expect(await failure(vault.open(context, sealed))).toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    expect(await vault.openText({ ...context, tenant: 't2' }, other)).toBe(secret);

    // a new life: another key, under which the old value does not open
    expect(await vault.openText(context, await vault.seal(context, secret))).toBe(secret);
    expect(await failure(vault.open(context, sealed))).toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
  });

  it('lets no key into the cache that was being loaded when its tenant was forgotten', async () => {
    const reading = setUp();
    const sealed = await reading.vault.seal(context, secret);
    reading.vault.forget('t1');
    const loading = reading.vault.openText(context, sealed);
    reading.memory.shred('t1');
    reading.vault.forget('t1');
    expect(await failure(reading.vault.open(context, sealed))).toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    expect(await loading).toBe(secret); // it had been read before
    expect(await failure(reading.vault.open(context, sealed))).toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });

    const writing = setUp();
    const sealing = writing.vault.seal(context, secret);
    while (writing.memory.count('t1') === 0) await new Promise((resolve) => setImmediate(resolve));
    writing.memory.shred('t1');
    writing.vault.forget('t1');
    await sealing;
    expect(await writing.vault.openText(context, await writing.vault.seal(context, secret))).toBe(secret);
  });

  it.each([{ cacheSize: 0 }, { cacheSize: 1.5 }, { primaryMaxAgeMs: -1 }, { primaryMaxAgeMs: Number.NaN }])('refuses the option %j', (options) => {
    expect(() => setUp(options)).toThrow(RangeError);
  });
});

describe('rewrapping for a new master key', () => {
  it('changes the wrapping only', async () => {
    const [one, two] = [newKey(), newKey()];
    const before = setUp({ master: `1:${one}` });
    const sealed = await before.vault.seal(context, secret);
    const row = (await before.memory.find('t1', 1)) as StoredDataKey;
    const both = parseMasterKeys(`1:${one},2:${two}`);
    const rewrapped = await rewrapDataKey(both, row);
    expect(rewrapped).toMatchObject({ tenant: 't1', version: 1, masterVersion: 2 });
    expect(await rewrapDataKey(both, rewrapped)).toBe(rewrapped);

    const store = new MemoryDataKeyStore();
    await store.insert(rewrapped);
    expect(await setUp({ store, master: `2:${two}` }).vault.openText(context, sealed)).toBe(secret);
    await expect(rewrapDataKey(parseMasterKeys(`2:${two}`), row)).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    await expect(rewrapDataKey(both, { ...row, tenant: 't2' })).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
  });
});

it('shows no key and no plaintext, in errors or when printed', async () => {
  const text = newKey();
  const { vault, memory, ring } = setUp({ master: text });
  const sealed = await vault.seal(context, secret);
  const row = (await memory.find('t1', 1)) as StoredDataKey;
  const dataKey = Buffer.from(await ring.unwrap({ version: row.masterVersion, wrapped: row.wrapped }, JSON.stringify({ tenant: 't1', version: 1 })));
  const changed = Uint8Array.from(sealed);
  changed[20] = (changed[20] ?? 0) ^ 1;
  const shown = [vault, ring, await failure(vault.open(context, changed)), await failure(vault.open({ ...context, tenant: 'no one' }, sealed))]
    .map((each) => `${inspect(each, { showHidden: true, depth: 20 })} ${JSON.stringify(each)} ${String(each)} ${(each as Error).stack ?? ''}`)
    .join('\n');
  for (const bytes of [dataKey, Buffer.from(text, 'base64')]) {
    const forms = [bytes.toString('hex').slice(0, 8), bytes.toString('base64').slice(0, 8), [...bytes.subarray(0, 4)].join(', '), inspect(bytes).slice(8, 20)];
    for (const form of forms) expect(shown).not.toContain(form);
  }
  expect(shown).not.toContain('SECRET');
});
