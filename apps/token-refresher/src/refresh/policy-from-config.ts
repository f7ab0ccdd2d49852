import type { TokenRefresherConfig } from '../config.js';
import type { RefreshPolicy } from './refresh-policy.js';

/** Injection token of the service's {@link RefreshPolicy}. */
export const REFRESH_POLICY = Symbol('REFRESH_POLICY');

export const policyFrom = (config: TokenRefresherConfig): RefreshPolicy => ({
  marginMaxSeconds: config.refreshMarginMaxSeconds,
  marginMinSeconds: config.refreshMarginMinSeconds,
  jitterSeconds: config.refreshJitterSeconds,
  idleSeconds: config.refreshIdleSeconds,
  backoffMinSeconds: config.refreshBackoffMinSeconds,
  backoffMaxSeconds: config.refreshBackoffMaxSeconds,
  doubtSeconds: config.refreshDoubtSeconds,
  confirmSeconds: config.refreshConfirmSeconds,
});
