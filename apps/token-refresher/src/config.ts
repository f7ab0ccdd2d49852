import { vaultSettings } from '@trunkline/persistence';
import { catalogSettings, databaseSettings, egressSettings, setting, whole, type CommonConfig, type ConfigOf, type Settings } from '@trunkline/service';

export const settings = {
  ...databaseSettings,
  ...catalogSettings,
  ...egressSettings,
  ...vaultSettings,

  refreshMarginMaxSeconds: setting('TRUNKLINE_REFRESH_MARGIN_MAX_SECONDS', whole(1, 86_400).default(900), 'Longest time before its expiry at which a token is renewed. The margin is half the token\'s life, within these two bounds.'),
  refreshMarginMinSeconds: setting('TRUNKLINE_REFRESH_MARGIN_MIN_SECONDS', whole(0, 3_600).default(30), 'Shortest margin. Tokens that live less than twice as long are renewed at half their life.'),
  refreshJitterSeconds: setting('TRUNKLINE_REFRESH_JITTER_SECONDS', whole(0, 3_600).default(30), 'Renewals of tokens that expire together are spread over this long before the margin.'),
  refreshIdleSeconds: setting('TRUNKLINE_REFRESH_IDLE_SECONDS', whole(60, 30 * 86_400).default(86_400), 'A refresh token is used at least this often, so that no provider lets it expire for idleness.'),
  refreshBackoffMinSeconds: setting('TRUNKLINE_REFRESH_BACKOFF_MIN_SECONDS', whole(1, 3_600).default(30), 'Pause after the first failed refresh; it doubles with each further one.'),
  refreshBackoffMaxSeconds: setting('TRUNKLINE_REFRESH_BACKOFF_MAX_SECONDS', whole(1, 86_400).default(900), 'Longest pause after a failed refresh.'),
  refreshDoubtSeconds: setting('TRUNKLINE_REFRESH_DOUBT_SECONDS', whole(0, 86_400).default(600), 'An `invalid_grant` this soon after a success must be repeated before the connection is given up.'),
  refreshConfirmSeconds: setting('TRUNKLINE_REFRESH_CONFIRM_SECONDS', whole(1, 3_600).default(30), 'How much later the repetition must be.'),

  refreshLeaseSeconds: setting('TRUNKLINE_REFRESH_LEASE_SECONDS', whole(5, 600).default(45), 'How long one process has the sole right to refresh a credential. Must be longer than the HTTP deadline by at least 10 seconds.'),
  refreshHttpDeadlineMs: setting('TRUNKLINE_REFRESH_HTTP_DEADLINE_MS', whole(500, 300_000).default(20_000), 'Longest request to a token, revocation or verification endpoint, in milliseconds.'),
  oauthAppCacheMs: setting('TRUNKLINE_OAUTH_APP_CACHE_MS', whole(0, 60_000).default(60_000), 'How long the client id and secret of an OAuth app are kept in memory, in milliseconds.'),

  sweepIntervalMs: setting('TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS', whole(50, 3_600_000).default(5_000), 'How often tokens that fall due are looked for, in milliseconds.'),
  sweepBatchSize: setting('TRUNKLINE_REFRESH_SWEEP_BATCH', whole(1, 1_000).default(50), 'Most credentials taken by one statement.'),
  sweepConcurrency: setting('TRUNKLINE_REFRESH_SWEEP_CONCURRENCY', whole(1, 1_000).default(16), 'Refreshes at once, per replica, that nobody is waiting for.'),

  revocationIntervalMs: setting('TRUNKLINE_REVOCATION_INTERVAL_MS', whole(50, 3_600_000).default(10_000), 'How often revocations left over from failures are looked for, in milliseconds.'),
  revocationMaxAttempts: setting('TRUNKLINE_REVOCATION_MAX_ATTEMPTS', whole(1, 1_000).default(30), 'Tries after which a revocation is given up (with pauses from 30 seconds to one hour: about a day).'),
} satisfies Settings;

export type TokenRefresherConfig = CommonConfig & ConfigOf<typeof settings>;

/** What a lease must offer besides the request: reading the OAuth app, noting the intent, storing the answer. */
const spareLeaseSeconds = 10;

/** What single settings cannot know of each other. @throws Error that says what to change */
export function checkTogether(config: Pick<TokenRefresherConfig, 'refreshLeaseSeconds' | 'refreshHttpDeadlineMs'>): void {
  const needed = config.refreshHttpDeadlineMs / 1_000 + spareLeaseSeconds;
  if (config.refreshLeaseSeconds < needed) {
    throw new Error(
      `TRUNKLINE_REFRESH_LEASE_SECONDS is ${config.refreshLeaseSeconds} but must be at least ${needed}: the HTTP deadline of ${config.refreshHttpDeadlineMs} ms and ${spareLeaseSeconds} s to store the answer. ` +
        'A provider slower than the lease would otherwise let a second refresh begin. Raise the lease or lower TRUNKLINE_REFRESH_HTTP_DEADLINE_MS.',
    );
  }
}
