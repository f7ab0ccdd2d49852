import { Secret } from '@trunkline/contracts';
import { handedOut } from './handed-out.js';

const [token, password, field] = [new Secret('t'), new Secret('p'), new Secret('f')];

it('hands out each kind in its form', () => {
  expect(handedOut({ type: 'OAUTH2', accessToken: token, tokenType: 'Bearer' })).toEqual({ token, username: null, props: null });
  expect(handedOut({ type: 'JWT_BEARER', accessToken: token, tokenType: 'Bearer' })).toEqual({ token, username: null, props: null });
  expect(handedOut({ type: 'SECRET_TEXT', secretText: token })).toEqual({ token, username: null, props: null });
  expect(handedOut({ type: 'BASIC_AUTH', username: 'anna', password })).toEqual({ token: password, username: 'anna', props: null });
  expect(handedOut({ type: 'CUSTOM_AUTH', props: { field } })).toEqual({ token: null, username: null, props: { field } });
  expect(handedOut({ type: 'NO_AUTH' })).toEqual({ token: null, username: null, props: null });
});

it('hands out an SSH key with its passphrase and the host key it is for', () => {
  const key = { type: 'KEY_PAIR', username: 'anna', privateKey: field, passphrase: null, hostKey: null } as const;
  expect(handedOut(key)).toEqual({ token: null, username: 'anna', props: { private_key: field } });
  const props = handedOut({ ...key, passphrase: password, hostKey: 'SHA256:x' }).props!;
  expect(Object.fromEntries(Object.entries(props).map(([name, value]) => [name, value.reveal()]))).toEqual({ private_key: 'f', passphrase: 'p', host_key_fingerprint: 'SHA256:x' });
});
