import { believedLife, tokenTypeOf } from './brought-tokens.js';

const now = Date.UTC(2026, 5, 1);
const life = (expiresIn: number | undefined, claimedAt?: number) => believedLife({ expiresIn, claimedAt }, now);

describe('what is believed of a token that somebody else obtained', () => {
  it.each([
    ['just claimed', 3_600, now, 3_600],
    ['claimed ten minutes ago, in milliseconds', 3_600, now - 600_000, 3_000],
    ['claimed ten minutes ago, in seconds', 3_600, now / 1_000 - 600, 3_000],
    ['claimed at no known time', 3_600, undefined, 3_600],
    ['claimed in the future: no longer than if it were new', 3_600, now + 86_400_000, 3_600],
    ['claimed in 1970', 3_600, 0, 3_600],
    ['a life beyond every clock', 1e30, now, 315_360_000],
    ['part of a second', 1.5, now, 1],
  ])('%s', (_, expiresIn, claimedAt, expiresInSeconds) => expect(life(expiresIn, claimedAt)).toEqual({ expiresInSeconds, probablyDead: false }));

  it.each([undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a life of %s says nothing', (expiresIn) =>
    expect(life(expiresIn, now)).toEqual({ expiresInSeconds: null, probablyDead: false }));

  it('one that outlived what was said of it is probably dead', () => expect(life(3_600, now - 3_600_000)).toEqual({ expiresInSeconds: null, probablyDead: true }));

  it('has a type that fits a header', () => {
    expect([undefined, 'bearer', 'DPoP', 'a b', 'x\r\nHost: evil'].map(tokenTypeOf)).toEqual(['Bearer', 'bearer', 'DPoP', 'Bearer', 'Bearer']);
  });
});
