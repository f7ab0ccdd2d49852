import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { MasterKeyRing, parseMasterKeys } from './master-key-ring.js';
import { VaultError } from './vault-error.js';

const key = (): string => randomBytes(32).toString('base64');

describe('parsing', () => {
  it('takes one key as version 1', async () => {
    const ring = parseMasterKeys(`  ${key()}\n`);
    expect(await ring.primaryVersion()).toBe(1);
    expect(ring.versions()).toEqual([1]);
  });

  it.each([',', '\n', '\r\n', ',\n', ' , '])('takes several, separated by %j; the highest is primary', async (separator) => {
    const ring = parseMasterKeys([`2:${key()}`, `10:${key()}`, ` 9 : ${key()} `].join(separator) + separator);
    expect(await ring.primaryVersion()).toBe(10);
    expect(ring.versions()).toEqual([2, 9, 10]);
  });

  it('reads base64 and base64url, padded or not, as the same key', async () => {
    const bytes = Buffer.from('fbfffefbfffefbfffefbfffefbfffefbfffefbfffefbfffefbfffefbfffe1234', 'hex');
    const texts = [bytes.toString('base64'), bytes.toString('base64').replace('=', ''), bytes.toString('base64url'), `${bytes.toString('base64url')}=`];
    const wrapped = await new MasterKeyRing(new Map([[1, createSecretKey(bytes)]])).wrap(randomBytes(32), 'c');
    for (const text of texts) expect(await parseMasterKeys(text).unwrap(wrapped, 'c')).toHaveLength(32);
  });

  it('wraps with the version that is named, so that a new key can be known everywhere before it is used', async () => {
    const both = `1:${key()},2:${key()}`;
    expect((await parseMasterKeys(both, 1).wrap(randomBytes(32), 'c')).version).toBe(1);
    expect(() => parseMasterKeys(both, 3)).toThrow('master key version 3 is to be primary but is not configured (there are: 1, 2)');
  });

  const good = key();
  it.each([
    ['', 'no master key'],
    [' \n,\n', 'no master key'],
    [undefined as unknown as string, 'no master key'],
    [randomBytes(31).toString('base64'), '31 bytes'],
    [randomBytes(33).toString('base64'), '33 bytes'],
    [randomBytes(32).toString('hex'), '48 bytes'],
    [`${good.slice(0, 10)} ${good.slice(10)}`, 'not base64'],
    [`${good.slice(0, 10)}!${good.slice(11)}`, 'not base64'],
    ['correct horse battery staple', 'not base64'],
    [`${good},${key()}`, 'entry 1 has no version'],
    [`1:${good},${key()}`, 'entry 2 has no version'],
    [`1:${good},1:${key()}`, 'entry 2 has a version that an earlier one has'],
    [`0:${good}`, 'whole number'],
    [`-1:${good}`, 'whole number'],
    [`01:${good}`, 'whole number'],
    [`1.5:${good}`, 'whole number'],
    [`v1:${good}`, 'whole number'],
    [`1000000000:${good}`, 'whole number'],
    [`1:${good},2:`, 'entry 2 decodes to 0 bytes'],
    [`1:2:${good}`, 'not base64'],
  ])('refuses a bad text and does not repeat it (%#)', (text, says) => {
    let error: unknown;
    try {
      parseMasterKeys(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(VaultError);
    expect(error).toMatchObject({ code: 'VAULT_KEY_MISSING', message: expect.stringContaining(says) });
    const shown = inspect(error, { showHidden: true, depth: 9 });
    for (const part of (text ?? '').split(/[^\w+/-]+/).filter((each) => each.length > 6)) expect(shown).not.toContain(part);
  });

  it('refuses a ring without keys', () => {
    expect(() => new MasterKeyRing(new Map())).toThrow(expect.objectContaining({ code: 'VAULT_KEY_MISSING' }));
  });
});

describe('wrapping', () => {
  const ring = parseMasterKeys(`1:${key()},2:${key()}`);

  it('brings a key back in its context, also from an older version', async () => {
    const dataKey = randomBytes(32);
    const wrapped = await ring.wrap(dataKey, 'tenant a');
    expect(wrapped.version).toBe(2);
    expect(Buffer.from(wrapped.wrapped).includes(dataKey)).toBe(false);
    expect(Buffer.from(await ring.unwrap(wrapped, 'tenant a')).equals(dataKey)).toBe(true);
    expect(dataKey.every((byte) => byte === 0)).toBe(false); // the caller's bytes stay the caller's
  });

  it('fails in another context, under another version and with any byte changed', async () => {
    const { version, wrapped } = await ring.wrap(randomBytes(32), 'tenant a');
    const corrupt = expect.objectContaining({ code: 'VAULT_SEALED_CORRUPT' });
    await expect(ring.unwrap({ version, wrapped }, 'tenant b')).rejects.toEqual(corrupt);
    await expect(ring.unwrap({ version: 1, wrapped }, 'tenant a')).rejects.toEqual(corrupt);
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Uint8Array.from(wrapped);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(ring.unwrap({ version, wrapped: changed }, 'tenant a')).rejects.toEqual(corrupt);
    }
    for (const length of [0, 1, 28, wrapped.length - 1]) {
      await expect(ring.unwrap({ version, wrapped: wrapped.slice(0, length) }, 'tenant a')).rejects.toEqual(corrupt);
    }
  });

  it('tells a version it does not have', async () => {
    const { wrapped } = await ring.wrap(randomBytes(32), 'c');
    await expect(ring.unwrap({ version: 3, wrapped }, 'c')).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN', message: expect.stringContaining('1, 2') });
  });

  it('shows versions and nothing else', () => {
    const text = key();
    const shown = parseMasterKeys(text);
    const all = { showHidden: true, depth: 9 };
    for (const print of [inspect(shown, all), JSON.stringify(shown), String(shown), inspect({ nested: { shown } }, all)]) {
      expect(print).not.toContain(text.slice(0, 8));
      expect(print).not.toContain(Buffer.from(text, 'base64').toString('hex').slice(0, 8));
    }
    expect(inspect(shown)).toBe('MasterKeyRing { versions: 1 }');
    expect(JSON.parse(JSON.stringify(shown))).toEqual({ versions: [1], primary: 1 });
  });
});
