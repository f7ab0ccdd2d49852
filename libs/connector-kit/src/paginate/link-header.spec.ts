import { linkTarget } from './link-header.js';

describe('the Link header', () => {
  it.each<[string, string | null]>([
    ['', null],
    ['<https://a.test/2>; rel="next"', 'https://a.test/2'],
    ['<https://a.test/2>;rel=next', 'https://a.test/2'],
    ['<https://a.test/1>; rel="prev", <https://a.test/3>; rel="next", <https://a.test/9>; rel="last"', 'https://a.test/3'],
    ['<https://a.test/1>; rel="prev"', null],
    ['<https://a.test/2>; REL="NEXT"', 'https://a.test/2'],
    ['<https://a.test/2>; rel="prefetch next"', 'https://a.test/2'],
    ['<https://a.test/2>; rel="nextpage"', null],
    ['<https://a.test/?q=a,b;c>; rel="next"', 'https://a.test/?q=a,b;c'],
    ['<https://a.test/1>; title="a, b; rel=\\"next\\" <x>"; rel="prev", <https://a.test/2>; rel="next"', 'https://a.test/2'],
    ['<https://a.test/1>; rel="prev"; rel="next"', null],
    ['<https://a.test/2>; crossorigin; rel="next"', 'https://a.test/2'],
    ['<https://a.test/2> ; rel = "next"', 'https://a.test/2'],
    ['<>; rel="next"', ''],
    ['<https://a.test/2; rel="next"', null],
    ['<https://a.test/2>; rel="next', 'https://a.test/2'],
    ['garbage', null],
    ['<a>; =;;; , <b>; rel=next', 'b'],
  ])('%s', (header, expected) => {
    expect(linkTarget(header, 'next')).toBe(expected);
  });
});
