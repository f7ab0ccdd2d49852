import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { MasterKeys } from './master-keys.js';

/**
 * Wraps and unwraps a random value: whoever cannot do that now would find out with the first credential.
 *
 * @throws VaultError that says why; Error if another value came back
 */
export async function proveMasterKeys(masterKeys: MasterKeys): Promise<void> {
  const value = randomBytes(32);
  const context = `proof ${randomBytes(8).toString('hex')}`;
  const back = Buffer.from(await masterKeys.unwrap(await masterKeys.wrap(value, context), context));
  if (back.length !== value.length || !timingSafeEqual(back, value)) throw new Error('unwrapping gave another value than was wrapped');
}
