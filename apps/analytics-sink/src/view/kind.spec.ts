import { kindOf, shows, wider } from './kind.js';

describe('the kind of a value', () => {
  it.each([
    [true, 'boolean'],
    [1.5, 'numeric'],
    ['x', 'text'],
    ['', 'text'],
    [{}, 'jsonb'],
    [[1], 'jsonb'],
    [null, null],
    ['2024-02-29T23:59:59.123456+14:00', 'timestamptz'],
    ['2024-01-01T00:00:00Z', 'timestamptz'],
    // What PostgreSQL would refuse, read by the session's zone, or round.
    ['2023-02-29T00:00:00Z', 'text'],
    ['1900-02-29T00:00:00Z', 'text'],
    ['2024-04-31T00:00:00Z', 'text'],
    ['0000-01-01T00:00:00Z', 'text'],
    ['2024-01-01T24:00:00Z', 'text'],
    ['2024-01-01T00:00:60Z', 'text'],
    ['2024-01-01T00:00:00', 'text'],
    ['2024-01-01', 'text'],
    ['2024-01-01T00:00:00.1234567Z', 'text'],
    ['2024-01-01T00:00:00Z\n', 'text'],
  ])('of %j is %s', (value, kind) => expect(kindOf(value)).toBe(kind));

  it('widens without loss, in any order', () => {
    expect([wider('numeric', 'numeric'), wider('numeric', 'boolean'), wider('timestamptz', 'text'), wider('text', 'jsonb'), wider('jsonb', 'numeric')]).toEqual(['numeric', 'text', 'text', 'jsonb', 'jsonb']);
  });

  it('says whether a column shows a value', () => {
    expect([shows('text', 5), shows('jsonb', {}), shows('numeric', null), shows('numeric', '5'), shows('text', {}), shows('timestamptz', 'soon')]).toEqual([true, true, true, false, false, false]);
  });
});
