import type { Secret } from '@trunkline/contracts';
import { lifetimeOf } from './refresh-policy.js';

/** What an answer says of the two tokens' ends. */
export interface GrantedLife {
  readonly accessToken: Secret;
  /** Null: none came. */
  readonly refreshToken: Secret | null;
  readonly expiresInSeconds: number | null;
  readonly refreshExpiresInSeconds?: number | null;
}

/**
 * How long the refresh token lives, in seconds, or null if that is not known. Where the access token is exchanged for its own successor
 * (Meta), both end together.
 */
export function refreshLifeOf({ accessToken, refreshToken, expiresInSeconds, refreshExpiresInSeconds = null }: GrantedLife): number | null {
  const said = lifetimeOf(refreshExpiresInSeconds);
  if (said !== null || refreshToken === null) return said;
  return refreshToken.reveal() === accessToken.reveal() ? lifetimeOf(expiresInSeconds) : null;
}
