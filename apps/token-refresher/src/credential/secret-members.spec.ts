import { inspect } from 'node:util';
import { Secret } from '@trunkline/contracts';
import { digestOf, fromPlainBytes, toPlainBytes, type SecretMembers } from './secret-members.js';

const kinds: SecretMembers[] = [
  { type: 'OAUTH2', accessToken: new Secret('at'), refreshToken: new Secret('rt') },
  { type: 'OAUTH2', accessToken: new Secret('at'), refreshToken: null },
  { type: 'SECRET_TEXT', secretText: new Secret('Schlüssel \u{1f511}') },
  { type: 'BASIC_AUTH', username: 'anna', password: new Secret('p:w') },
  { type: 'CUSTOM_AUTH', props: { client: new Secret('c'), token: new Secret('t') } },
  { type: 'NO_AUTH' },
];
const revealed = (members: SecretMembers) => JSON.parse(toPlainBytes(members).toString()) as unknown;

it.each(kinds)('comes back as it went in: $type', (members) => {
  const back = fromPlainBytes(toPlainBytes(members));
  expect(revealed(back)).toEqual(revealed(members));
  expect(JSON.stringify(back) + inspect(back, { depth: 9 })).not.toMatch(/"at"|"rt"|Schlüssel|p:w/);
});

it('says nothing of the content when it is not what was sealed', () => {
  const wrong = Buffer.from(JSON.stringify({ type: 'OAUTH2', accessToken: 'very secret', surprise: 'very secret' }));
  expect(() => fromPlainBytes(wrong)).toThrow(/does not have the expected members/);
  try {
    fromPlainBytes(wrong);
  } catch (error) {
    expect(inspect(error)).not.toContain('very secret');
  }
});

it('names a token by its SHA-256', () => {
  expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
