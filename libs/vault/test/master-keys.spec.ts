import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { AwsMasterKeys, createVault, parseKmsKeys, parseMasterKeys, proveMasterKeys, rewrapDataKey, TransitMasterKeys, type MasterKeys } from '../src/index.js';
import { MemoryDataKeyStore } from '../src/data-key-store.memory.js';
import { kmsAccess, kmsRegion, startKms } from './support/kms-stand-in.js';
import { startTransit, transitToken } from './support/transit-stand-in.js';

interface UnderTest {
  readonly masterKeys: MasterKeys;
  /** The same after the operator has made a new primary version. */
  rotated(): MasterKeys;
  /** The same for somebody who was never given the newest version, or for whom the oldest is closed; undefined where that cannot be. */
  withoutFirst(): MasterKeys;
}

let kms: Awaited<ReturnType<typeof startKms>>;
let transit: Awaited<ReturnType<typeof startTransit>>;
const environment = { ...process.env };
beforeAll(async () => {
  [kms, transit] = await Promise.all([startKms(), startTransit()]);
  // The SDK's usual chain begins with these.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: kmsAccess.accessKeyId, AWS_SECRET_ACCESS_KEY: kmsAccess.secretAccessKey });
});
afterAll(async () => {
  await Promise.all([kms.close(), transit.close()]);
  process.env = environment;
});
beforeEach(() => {
  kms.trouble(null);
  transit.trouble(null);
  transit.state.minDecryptionVersion = 1;
});

const aws = (keys: ReadonlyMap<number, string>, more: object = {}) => new AwsMasterKeys({ keys, region: kmsRegion, endpoint: kms.url, timeoutMs: 2_000, ...more });
const vaultTransit = (over: object = {}) => new TransitMasterKeys({ address: transit.url, key: 'trunkline', token: { reveal: () => transitToken }, timeoutMs: 500, ...over });
const newKey = (): string => randomBytes(32).toString('base64');

const adapters: Record<string, () => UnderTest> = {
  'a ring in memory': () => {
    const [one, two] = [newKey(), newKey()];
    return { masterKeys: parseMasterKeys(one), rotated: () => parseMasterKeys(`1:${one},2:${two}`), withoutFirst: () => parseMasterKeys(`2:${two}`) };
  },
  'AWS KMS': () => {
    const [one, two] = [kms.addKey(), kms.addKey()];
    return { masterKeys: aws(parseKmsKeys(one)), rotated: () => aws(parseKmsKeys(`1:${one},2:${two}`)), withoutFirst: () => aws(parseKmsKeys(`2:${two}`)) };
  },
  'Vault transit': () => ({
    masterKeys: vaultTransit(),
    rotated: () => {
      transit.rotate();
      return vaultTransit();
    },
    withoutFirst: () => {
      transit.state.minDecryptionVersion = 2;
      return vaultTransit();
    },
  }),
};

describe.each(Object.keys(adapters))('%s', (name) => {
  let under: UnderTest;
  beforeEach(() => {
    under = adapters[name]!();
  });

  it('proves itself', () => expect(proveMasterKeys(under.masterKeys)).resolves.toBeUndefined());

  it('brings a key back in its context and leaves the caller its bytes', async () => {
    const dataKey = randomBytes(32);
    const digest = createHash('sha256').update(dataKey).digest('hex');
    const wrapped = await under.masterKeys.wrap(dataKey, 'tenant ä "1"');
    expect(wrapped.version).toBe(await under.masterKeys.primaryVersion());
    expect(Buffer.from(wrapped.wrapped).includes(dataKey)).toBe(false);
    expect(Buffer.from(await under.masterKeys.unwrap(wrapped, 'tenant ä "1"')).equals(dataKey)).toBe(true);
    expect(createHash('sha256').update(dataKey).digest('hex')).toBe(digest);
  });

  it('refuses another context and changed bytes alike', async () => {
    const { version, wrapped } = await under.masterKeys.wrap(randomBytes(32), 'tenant a');
    await expect(under.masterKeys.unwrap({ version, wrapped }, 'tenant b')).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    for (const at of [0, wrapped.length - 4, wrapped.length - 20]) {
      const changed = Uint8Array.from(wrapped);
      changed[at] = changed[at]! ^ (at === 0 ? 0x80 : 1);
      await expect(under.masterKeys.unwrap({ version, wrapped: changed }, 'tenant a')).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    }
    await expect(under.masterKeys.unwrap({ version, wrapped: wrapped.slice(0, 12) }, 'tenant a')).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
  });

  it('reads older versions, wraps with the newest, and says when one is gone', async () => {
    const store = new MemoryDataKeyStore();
    const context = { tenant: name, subject: 's', field: 'f' };
    const sealed = await createVault({ masterKeys: under.masterKeys, dataKeys: store }).seal(context, 'secret');
    const before = (await store.find(name, 1))!;
    const masterKeys = under.rotated();
    expect(await masterKeys.primaryVersion()).toBe(before.masterVersion + 1);
    expect(await createVault({ masterKeys, dataKeys: store }).openText(context, sealed)).toBe('secret');

    const rewrapped = await rewrapDataKey(masterKeys, before);
    expect(rewrapped.masterVersion).toBe(before.masterVersion + 1);
    const fresh = new MemoryDataKeyStore();
    await fresh.insert(rewrapped);
    expect(await createVault({ masterKeys: name === 'Vault transit' ? masterKeys : under.withoutFirst(), dataKeys: fresh }).openText(context, sealed)).toBe('secret');
  });

  it('tells a version that is not there', async () => {
    const wrapped = await under.masterKeys.wrap(randomBytes(32), 'c');
    if (name === 'Vault transit') {
      transit.rotate();
      transit.state.minDecryptionVersion = wrapped.version + 1;
    }
    await expect((name === 'Vault transit' ? under.masterKeys : under.withoutFirst()).unwrap(wrapped, 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
  });

  it('does not try what something else wrapped', async () => {
    for (const [other, make] of Object.entries(adapters)) {
      if (other === name) continue;
      const wrapped = await make().masterKeys.wrap(randomBytes(32), 'c');
      const version = await under.masterKeys.primaryVersion();
      await expect(under.masterKeys.unwrap({ ...wrapped, version }, 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN', message: expect.stringContaining('TRUNKLINE_KMS=') });
    }
  });
});

describe('AWS KMS', () => {
  it('is asked with the context in the encryption context, under the named key only', async () => {
    const [mine, other] = [kms.addKey(), kms.addKey()];
    const wrapped = await aws(parseKmsKeys(other)).wrap(randomBytes(32), 'c');
    expect(kms.state.contexts.at(-1)).toEqual({ trunkline: 'c' });
    expect(kms.state.targets.at(-1)).toBe('TrentService.Encrypt');
    await expect(aws(parseKmsKeys(mine)).unwrap(wrapped, 'c')).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
    await expect(aws(parseKmsKeys('no-such-key')).wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
  });

  it('gets over being throttled once', async () => {
    kms.trouble('throttled', 1);
    await expect(proveMasterKeys(aws(parseKmsKeys(kms.addKey())))).resolves.toBeUndefined();
  });

  it.each(['throttled', 'denied', 'down', 'silent'] as const)('is out of reach when %s, and soon says so', async (trouble) => {
    const keys = aws(parseKmsKeys(kms.addKey()), { timeoutMs: 1_000 });
    const wrapped = await keys.wrap(randomBytes(32), 'c');
    kms.trouble(trouble);
    const before = performance.now();
    await expect(keys.unwrap(wrapped, 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    await expect(keys.wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    expect(performance.now() - before).toBeLessThan(5_000);
    kms.trouble(null);
    await expect(keys.unwrap(wrapped, 'c')).resolves.toHaveLength(32);
  });

  it('refuses a request whose signature is another', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'not-the-secret';
    const keys = aws(parseKmsKeys(kms.addKey()));
    await expect(keys.wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE', message: expect.stringContaining('InvalidSignatureException') });
    process.env.AWS_SECRET_ACCESS_KEY = kmsAccess.secretAccessKey;
  });

  it.each([
    ['alias/trunkline', [[1, 'alias/trunkline']]],
    ['arn:aws:kms:eu-central-1:1:key/a', [[1, 'arn:aws:kms:eu-central-1:1:key/a']]],
    ['1:arn:aws:kms:eu-central-1:1:key/a, 3:b', [[1, 'arn:aws:kms:eu-central-1:1:key/a'], [3, 'b']]],
  ])('reads keys from %s', (text, keys) => expect([...parseKmsKeys(text)]).toEqual(keys));

  it.each(['', 'a,b', '0:a', '1:a,1:b'])('refuses %j as keys', (text) => expect(() => parseKmsKeys(text)).toThrow(expect.objectContaining({ code: 'VAULT_KEY_MISSING' })));
});

describe('Vault transit', () => {
  it.each([
    ['sealed', 'sealed'],
    ['denied', '403'],
    ['limited', '429'],
    ['redirect', 'redirect'],
    ['silent', 'did not answer'],
  ] as const)('is out of reach when %s', async (trouble, says) => {
    const keys = vaultTransit();
    const wrapped = await keys.wrap(randomBytes(32), 'c');
    transit.trouble(trouble);
    await expect(keys.unwrap(wrapped, 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE', message: expect.stringContaining(says) });
    await expect(keys.primaryVersion()).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    transit.trouble(null);
    await expect(keys.unwrap(wrapped, 'c')).resolves.toHaveLength(32);
  });

  it('takes no version for another', async () => {
    const keys = vaultTransit();
    const wrapped = await keys.wrap(randomBytes(32), 'c');
    await expect(keys.unwrap({ ...wrapped, version: wrapped.version + 1 }, 'c')).rejects.toMatchObject({ code: 'VAULT_SEALED_CORRUPT' });
  });

  it('knows a key or mount that is not there, and a token that is none', async () => {
    await expect(vaultTransit({ key: 'other' }).wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    await expect(vaultTransit({ mount: 'elsewhere' }).wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
    await expect(vaultTransit({ token: { reveal: () => 'none' } }).wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    await expect(vaultTransit({ address: 'http://127.0.0.1:1' }).wrap(randomBytes(32), 'c')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
  });

  it('shows no token, in errors or when printed', async () => {
    const token = 'hvs.CANARY';
    const keys = new TransitMasterKeys({ address: transit.url, key: 'trunkline', token: { reveal: () => token } });
    const error: unknown = await keys.wrap(randomBytes(32), 'c').catch((thrown: unknown) => thrown);
    expect(inspect([error], { depth: 9, showHidden: true })).not.toContain('CANARY');
    expect(JSON.stringify(keys)).not.toContain('CANARY');
  });
});

describe('while the master keys are out of reach', () => {
  const context = { tenant: 't', subject: 's', field: 'f' };

  it('warm data keys go on working, cold ones wait, nothing is sealed with a key that is not stored', async () => {
    const store = new MemoryDataKeyStore();
    const keys = vaultTransit();
    const warm = createVault({ masterKeys: keys, dataKeys: store, primaryMaxAgeMs: 0 });
    const sealed = await warm.seal(context, 'secret');
    transit.trouble('sealed');
    expect(await warm.openText(context, sealed)).toBe('secret');
    expect(await warm.openText(context, await warm.seal(context, 'more'))).toBe('more');
    const cold = createVault({ masterKeys: keys, dataKeys: store });
    await expect(cold.open(context, sealed)).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    await expect(warm.seal({ ...context, tenant: 'new' }, 'secret')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    await expect(warm.rotateDataKey('t')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    expect([store.count('t'), store.count('new')]).toEqual([1, 0]);
    transit.trouble(null);
    expect(await cold.openText(context, sealed)).toBe('secret');
  });

  it('the former data key serves once more as long, and then no longer', async () => {
    const store = new MemoryDataKeyStore();
    const now = jest.spyOn(performance, 'now');
    try {
      now.mockReturnValue(0);
      const here = createVault({ masterKeys: vaultTransit(), dataKeys: store, primaryMaxAgeMs: 1_000 });
      await here.seal(context, 'secret');
      await createVault({ masterKeys: vaultTransit(), dataKeys: store }).rotateDataKey('t');
      transit.trouble('sealed');
      now.mockReturnValue(1_900);
      const sealed = await here.seal(context, 'just issued');
      expect(Buffer.from(sealed).readUInt32BE(1)).toBe(1);
      now.mockReturnValue(2_100);
      await expect(here.seal(context, 'too late')).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
      transit.trouble(null);
      expect(Buffer.from(await here.seal(context, 'back')).readUInt32BE(1)).toBe(2);
      expect(await here.openText(context, sealed)).toBe('just issued');
    } finally {
      now.mockRestore();
    }
  });
});
