import { Secret, type AuthMethodName, type KeyCredential } from '@trunkline/contracts';

/** Names under which clients send a lone key. */
const keyNames = ['api_key', 'apiKey', 'key', 'token', 'access_token', 'accessToken', 'secret', 'secret_text', 'secretText'];

type Members = Readonly<Record<string, string>>;
const secretOrNone = (text: string | undefined): Secret | undefined => (text === undefined ? undefined : new Secret(text));
const secrets = (members: Members): Record<string, Secret> => Object.fromEntries(Object.entries(members).map(([name, value]) => [name, new Secret(value)]));

/**
 * What a loose bag of credential members means, by what they are called and what the connector takes: a private key → KEY_PAIR or
 * JWT_BEARER, user name and password → BASIC_AUTH, one member with a key's name → SECRET_TEXT, none → NO_AUTH, anything else → the
 * connector's own fields.
 */
export function keyFromMembers(members: Members, methods: readonly AuthMethodName[]): KeyCredential {
  const names = Object.keys(members);
  const takes = (method: AuthMethodName): boolean => methods.includes(method);
  if (names.length === 0 && takes('NO_AUTH')) return { type: 'NO_AUTH' };

  const { private_key: privateKey, signing_key_id: signingKeyId, ...withoutKey } = members;
  const key = { privateKey: secretOrNone(privateKey), signingKeyId };
  if (privateKey !== undefined || signingKeyId !== undefined) {
    const { username, passphrase } = members;
    if (takes('KEY_PAIR') && username !== undefined) return { type: 'KEY_PAIR', username, ...key, passphrase: secretOrNone(passphrase) };
    if (takes('JWT_BEARER')) return { type: 'JWT_BEARER', props: secrets(withoutKey), ...key };
  }

  const { username, password } = members;
  const isBasic = names.length === 2 && username !== undefined && password !== undefined;
  if (isBasic && (takes('BASIC_AUTH') || !takes('CUSTOM_AUTH'))) return { type: 'BASIC_AUTH', username, password: new Secret(password) };
  const only = names.length === 1 ? names[0] : undefined;
  const isKey = only !== undefined && (takes('SECRET_TEXT') ? !takes('CUSTOM_AUTH') || keyNames.includes(only) : !takes('CUSTOM_AUTH') && keyNames.includes(only));
  if (isKey) return { type: 'SECRET_TEXT', secretText: new Secret(members[only]!) };
  return { type: 'CUSTOM_AUTH', props: secrets(members) };
}
