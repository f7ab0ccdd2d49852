import { Secret, type KeyCredential } from '@trunkline/contracts';

/** Names under which clients send a lone key. */
const keyNames = ['api_key', 'apiKey', 'key', 'token', 'access_token', 'accessToken', 'secret', 'secret_text', 'secretText'];

/**
 * What a loose bag of credential members means: user name and password → BASIC_AUTH, one member with a key's name → SECRET_TEXT,
 * anything else → the connector's own fields.
 */
export function keyFromMembers(members: Readonly<Record<string, string>>): KeyCredential {
  const names = Object.keys(members);
  const { username, password } = members;
  if (names.length === 2 && username !== undefined && password !== undefined) return { type: 'BASIC_AUTH', username, password: new Secret(password) };
  const only = names.length === 1 ? names[0] : undefined;
  if (only !== undefined && keyNames.includes(only)) return { type: 'SECRET_TEXT', secretText: new Secret(members[only]!) };
  return { type: 'CUSTOM_AUTH', props: Object.fromEntries(names.map((name) => [name, new Secret(members[name]!)])) };
}
