import { connectionId } from '@trunkline/contracts';
import { connectionOf, isSecond, secondTokenId, tokenNameOf } from './token-id.js';

it('names a further token in a way no client can, and finds its connection again', () => {
  const id = secondTokenId('conn_1', 'user');
  expect(connectionId.safeParse('conn_1').success).toBe(true);
  expect(connectionId.safeParse(id).success).toBe(false);
  expect([connectionOf(id), tokenNameOf(id), isSecond(id)]).toEqual(['conn_1', 'user', true]);
  expect([connectionOf('conn_1'), tokenNameOf('conn_1'), isSecond('conn_1')]).toEqual(['conn_1', null, false]);
});
