import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';
import type { DurableMap } from '../storage/durable-map.js';

/** The server's own secrets. */
export interface ServerKeys {
  /** Signs ID tokens (RS256, which OpenID Connect Core section 15.1 asks every server to have). */
  signing: JWK;
  /** Signs the cookies of the authorization walk. */
  cookies: string[];
}

/** Takes the keys kept from last time, or makes them. */
export async function serverKeys(kept: DurableMap<ServerKeys>): Promise<ServerKeys> {
  const before = kept.get('keys');
  if (before) return before;
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const signing = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as JWK;
  const keys = { signing, cookies: [randomBytes(32).toString('base64url')] };
  await kept.set('keys', keys);
  return keys;
}
