import { Secret } from '@trunkline/contracts';
import { handedOut } from './handed-out.js';

const [token, password, field] = [new Secret('t'), new Secret('p'), new Secret('f')];

it('hands out each kind in its form, and never a refresh token', () => {
  expect(handedOut({ type: 'OAUTH2', accessToken: token, refreshToken: password })).toEqual({ token, username: null, props: null });
  expect(handedOut({ type: 'SECRET_TEXT', secretText: token })).toEqual({ token, username: null, props: null });
  expect(handedOut({ type: 'BASIC_AUTH', username: 'anna', password })).toEqual({ token: password, username: 'anna', props: null });
  expect(handedOut({ type: 'CUSTOM_AUTH', props: { field } })).toEqual({ token: null, username: null, props: { field } });
  expect(handedOut({ type: 'NO_AUTH' })).toEqual({ token: null, username: null, props: null });
});
