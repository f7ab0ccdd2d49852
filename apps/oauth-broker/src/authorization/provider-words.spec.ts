import { providerWords } from './provider-words.js';

describe("a provider's words", () => {
  it('are one bounded line of printable characters', () => {
    expect(providerWords('The user denied the request')).toBe('The user denied the request');
    expect(providerWords('a\r\nSet-Cookie: x\u0000\u001b[31m  b')).toBe('a Set-Cookie: x [31m b');
    expect(providerWords('abc\u202egnp.exe\u200b')).toBe('abc gnp.exe');
    expect([...providerWords('é'.repeat(500))!]).toHaveLength(200);
    expect([...providerWords('😀'.repeat(500))!]).toHaveLength(200);
  });

  it.each([undefined, null, '', ' \n\t', '\u0000'])('may be none: %j', (text) => {
    expect(providerWords(text)).toBeNull();
  });
});
