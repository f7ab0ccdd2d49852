import type { AuthMethodName } from '@trunkline/contracts';
import { keyFromMembers } from './key-from-members.js';

const kind = (members: Record<string, string>, ...methods: AuthMethodName[]) => keyFromMembers(members, methods).type;

describe('loose members of a credential', () => {
  it.each([
    [{ api_key: 'k' }, ['SECRET_TEXT'], 'SECRET_TEXT'],
    [{ private_app_token: 'k' }, ['SECRET_TEXT'], 'SECRET_TEXT'],
    [{ api_key: 'k' }, ['CUSTOM_AUTH'], 'CUSTOM_AUTH'],
    [{ api_key: 'k' }, ['SECRET_TEXT', 'CUSTOM_AUTH'], 'SECRET_TEXT'],
    [{ account_key: 'k' }, ['SECRET_TEXT', 'CUSTOM_AUTH'], 'CUSTOM_AUTH'],
    [{ username: 'u', password: 'p' }, ['BASIC_AUTH'], 'BASIC_AUTH'],
    [{ username: 'u', password: 'p' }, ['CUSTOM_AUTH'], 'CUSTOM_AUTH'],
    [{ username: 'u', private_key: 'p' }, ['KEY_PAIR'], 'KEY_PAIR'],
    [{ username: 'u', private_key: 'p', issuer: 'i' }, ['JWT_BEARER'], 'JWT_BEARER'],
    [{ username: 'u', signing_key_id: 'skey_1' }, ['BASIC_AUTH', 'KEY_PAIR'], 'KEY_PAIR'],
    [{}, ['NO_AUTH'], 'NO_AUTH'],
  ] as [Record<string, string>, AuthMethodName[], string][])('%j for a connector with %j are %s', (members, methods, expected) => {
    expect(kind(members, ...methods)).toBe(expected);
  });

  it('keep every value', () => {
    const jwt = keyFromMembers({ private_key: 'pem', issuer: 'me' }, ['JWT_BEARER']);
    expect(jwt.type === 'JWT_BEARER' && [jwt.privateKey?.reveal(), jwt.props.issuer?.reveal(), Object.keys(jwt.props)]).toEqual(['pem', 'me', ['issuer']]);
    const pair = keyFromMembers({ username: 'u', private_key: 'pem', passphrase: 'open' }, ['KEY_PAIR']);
    expect(pair.type === 'KEY_PAIR' && [pair.username, pair.privateKey?.reveal(), pair.passphrase?.reveal()]).toEqual(['u', 'pem', 'open']);
  });
});
