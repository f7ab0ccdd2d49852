import { readGraphql } from './check-graphql.js';

describe('a GraphQL document', () => {
  it('is read with its variables, and which of them a request must have', () => {
    const read = readGraphql('query ($a: Int!, $b: Int! = 1, $c: Int) { items(first: $a, skip: $b) { ...f } } fragment f on Item { id(of: $c) }');
    expect(read).toEqual({ variables: new Map([['a', { required: true }], ['b', { required: false }], ['c', { required: false }]]) });
  });

  it('may nest fifteen levels of fields, fragments among them, and no more', () => {
    const nested = (levels: number) => `${'{ a '.repeat(levels)}${'}'.repeat(levels)}`;
    expect(readGraphql(`query ${nested(15)}`)).toHaveProperty('variables');
    expect(readGraphql(`query ${nested(16)}`)).toEqual({ problem: 'is nested deeper than 15 levels' });
    expect(readGraphql(`query { a { ...f ... on Item { id } } } fragment f on Item ${nested(14)}`)).toHaveProperty('variables');
    expect(readGraphql(`query { a { ...f } } fragment f on Item ${nested(15)}`)).toEqual({ problem: 'is nested deeper than 15 levels' });
  });

  it('is read at once, however often its fragments spread each other', () => {
    const last = 300;
    const chain = Array.from({ length: last }, (_, index) => `fragment f${index} on I { ...f${index + 1} ...f${index + 1} }`).join(' ');
    const begun = performance.now();
    expect(readGraphql(`query { a { ...f0 } } ${chain} fragment f${last} on I { id }`)).toHaveProperty('variables');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('that nests thousands of levels is refused, not run into', () => {
    for (const levels of [1_000, 4_000]) expect(readGraphql(`query ${'{a'.repeat(levels)}${'}'.repeat(levels)}`)).toHaveProperty('problem');
  });
});
