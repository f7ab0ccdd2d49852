import { Secret } from '@trunkline/contracts';
import { mintApiKey, readApiKey, sameDigest } from './api-key.js';

describe('an API key', () => {
  it('names its row and proves itself by its digest', () => {
    const minted = mintApiKey();
    expect(minted.key.reveal()).toMatch(/^tlk_[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$/);
    const read = readApiKey(minted.key);
    expect(read?.id).toBe(minted.id);
    expect(sameDigest(read!.digest, minted.digest)).toBe(true);
    expect(String(minted.key)).toBe('[secret]');
  });

  it('differs in every bit of its secret half', () => {
    const minted = mintApiKey();
    const text = minted.key.reveal();
    const other = `${text.slice(0, -1)}${text.endsWith('A') ? 'E' : 'A'}`;
    expect(sameDigest(readApiKey(new Secret(other))!.digest, minted.digest)).toBe(false);
  });

  const tail = '0'.repeat(32);
  const half = 'a'.repeat(43);
  it.each(['x', 'tlk_', 'tlk_00.aa', `tlk_${tail}.${half.slice(1)}`, `tlk_${tail}.${half}\n`, `TLK_${tail}.${half}`])('is not %j', (text) => {
    expect(readApiKey(new Secret(text))).toBeNull();
  });
});
