import { providerWords } from './provider-words.js';

describe("a provider's words", () => {
  it('are one bounded line of printable characters', () => {
    expect(providerWords('The user denied the request')).toBe('The user denied the request');
    expect(providerWords('a\r\nSet-Cookie: x\u0000\u001b[31m  b')).toBe('a Set-Cookie: x [31m b');
    expect(providerWords('abc\u202egnp.exe\u200b')).toBe('abc gnp.exe');
    expect([...providerWords('é'.repeat(500))!]).toHaveLength(300);
    expect([...providerWords('😀'.repeat(500))!]).toHaveLength(300);
  });

  it.each([
    ['see https://evil.test/a?b=c for more', 'see (address left out) for more'],
    ['HTTP://EVIL.test', '(address left out)'],
    ['go to www.evil.test now', 'go to (address left out) now'],
    ['javascript:alert(1)', '(address left out)'],
    ['a ratio of 1:2 in app.example', 'a ratio of 1:2 in app.example'],
  ])('hold no address that would become a link: %j', (text, words) => expect(providerWords(text)).toBe(words));

  it.each([undefined, null, '', ' \n\t', '\u0000'])('may be none: %j', (text) => {
    expect(providerWords(text)).toBeNull();
  });
});
