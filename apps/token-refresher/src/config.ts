import { vaultSettings } from '@trunkline/persistence';
import { catalogSettings, databaseSettings, egressSettings, setting, text, whole, type CommonConfig, type ConfigOf, type Settings } from '@trunkline/service';

export const settings = {
  ...databaseSettings,
  ...catalogSettings,
  ...egressSettings,
  ...vaultSettings,

  refreshMarginMaxSeconds: setting('TRUNKLINE_REFRESH_MARGIN_MAX_SECONDS', whole(1, 86_400).default(900), 'Longest time before its expiry at which a token is renewed. The margin is half the token\'s life, within these two bounds; one that lives longer than 14 days is renewed at least 7 days before.'),
  refreshMarginMinSeconds: setting('TRUNKLINE_REFRESH_MARGIN_MIN_SECONDS', whole(0, 3_600).default(30), 'Shortest margin. Tokens that live less than twice as long are renewed at half their life.'),
  refreshJitterSeconds: setting('TRUNKLINE_REFRESH_JITTER_SECONDS', whole(0, 3_600).default(30), 'Renewals of tokens that expire together are spread over this long before the margin.'),
  refreshIdleSeconds: setting('TRUNKLINE_REFRESH_IDLE_SECONDS', whole(60, 30 * 86_400).default(86_400), 'A refresh token is used at least this often, so that no provider lets it expire for idleness.'),
  refreshBackoffMinSeconds: setting('TRUNKLINE_REFRESH_BACKOFF_MIN_SECONDS', whole(1, 3_600).default(30), 'Pause after the first failed refresh; it doubles with each further one.'),
  refreshBackoffMaxSeconds: setting('TRUNKLINE_REFRESH_BACKOFF_MAX_SECONDS', whole(1, 86_400).default(900), 'Longest pause after a failed refresh.'),
  refreshDoubtSeconds: setting('TRUNKLINE_REFRESH_DOUBT_SECONDS', whole(0, 86_400).default(600), 'An `invalid_grant` this soon after a success must be repeated before the connection is given up.'),
  refreshConfirmSeconds: setting('TRUNKLINE_REFRESH_CONFIRM_SECONDS', whole(1, 3_600).default(30), 'How much later the repetition must be.'),

  refreshLeaseSeconds: setting('TRUNKLINE_REFRESH_LEASE_SECONDS', whole(5, 600).default(45), 'How long one process has the sole right to refresh a credential. While its request is out it renews the right every third of this, so it need not outlast a slow provider; it is what a process that died holds others up.'),
  refreshAnswerMs: setting('TRUNKLINE_REFRESH_ANSWER_MS', whole(500, 600_000).default(120_000), 'How long the answer to a refresh is waited for, in milliseconds: a provider that answers late has exchanged the refresh token all the same. Callers wait no longer than their own deadline.'),
  refreshHttpDeadlineMs: setting('TRUNKLINE_REFRESH_HTTP_DEADLINE_MS', whole(500, 300_000).default(20_000), 'Longest request to a revocation or verification endpoint, and for the first token of an assertion, in milliseconds. For refreshes see TRUNKLINE_REFRESH_ANSWER_MS.'),
  oauthAppCacheMs: setting('TRUNKLINE_OAUTH_APP_CACHE_MS', whole(0, 60_000).default(60_000), 'How long the client id and secret of an OAuth app are kept in memory, in milliseconds.'),

  sweepIntervalMs: setting('TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS', whole(50, 3_600_000).default(5_000), 'How often tokens that fall due are looked for, in milliseconds.'),
  sweepBatchSize: setting('TRUNKLINE_REFRESH_SWEEP_BATCH', whole(1, 1_000).default(200), 'Most credentials taken by one statement.'),
  sweepConcurrency: setting('TRUNKLINE_REFRESH_SWEEP_CONCURRENCY', whole(1, 10_000).default(512), 'Refreshes at once, per replica, that nobody is waiting for. Hosts that answer slowly get at most half of them together.'),
  refreshHostConcurrency: setting('TRUNKLINE_REFRESH_HOST_CONCURRENCY', whole(1, 1_000).default(32), 'Refreshes at once, per replica, at one host (of the token endpoint), whoever wants them.'),

  probeSeconds: setting('TRUNKLINE_PROBE_SECONDS', whole(60, 30 * 86_400).default(86_400), 'A broken credential that still has its refresh token is tried once more when this much has passed since the last try, and up to a quarter later.'),
  probeIntervalMs: setting('TRUNKLINE_PROBE_INTERVAL_MS', whole(50, 3_600_000).default(60_000), 'How often broken credentials to try are looked for, in milliseconds.'),
  expiringDays: setting('TRUNKLINE_CREDENTIAL_EXPIRING_DAYS', whole(1, 365).default(7), 'How many days before a credential ends that nothing renews this is told; at most half its life before.'),
  expiringIntervalMs: setting('TRUNKLINE_CREDENTIAL_EXPIRING_INTERVAL_MS', whole(50, 3_600_000).default(60_000), 'How often such credentials are looked for, in milliseconds.'),
  spoolDirectory: setting('TRUNKLINE_SPOOL_DIRECTORY', text.default('.trunkline/spool'), 'Folder where a new token is kept, sealed, while the database cannot take it. On a disk that outlives the process; replicas may share one.'),
  spoolIntervalMs: setting('TRUNKLINE_SPOOL_INTERVAL_MS', whole(50, 3_600_000).default(3_000), 'How often that folder is looked at, in milliseconds.'),

  revocationIntervalMs: setting('TRUNKLINE_REVOCATION_INTERVAL_MS', whole(50, 3_600_000).default(10_000), 'How often revocations left over from failures are looked for, in milliseconds.'),
  revocationMaxAttempts: setting('TRUNKLINE_REVOCATION_MAX_ATTEMPTS', whole(1, 1_000).default(30), 'Tries after which a revocation is given up (with pauses from 30 seconds to one hour: about a day).'),
} satisfies Settings;

export type TokenRefresherConfig = CommonConfig & ConfigOf<typeof settings>;

/** Two renewals that fail must fit into a lease, and what is done before the request is sent. */
const shortestLeaseSeconds = 15;

/** What single settings cannot know of each other. @throws Error that says what to change */
export function checkTogether(config: Pick<TokenRefresherConfig, 'refreshLeaseSeconds' | 'refreshHttpDeadlineMs' | 'refreshAnswerMs'>): void {
  if (config.refreshLeaseSeconds < shortestLeaseSeconds) {
    throw new Error(
      `TRUNKLINE_REFRESH_LEASE_SECONDS is ${config.refreshLeaseSeconds} but must be at least ${shortestLeaseSeconds}: a lease that runs out while its holder is well would let a second refresh begin.`,
    );
  }
  if (config.refreshAnswerMs < config.refreshHttpDeadlineMs) {
    throw new Error(
      `TRUNKLINE_REFRESH_ANSWER_MS is ${config.refreshAnswerMs} but must be at least TRUNKLINE_REFRESH_HTTP_DEADLINE_MS (${config.refreshHttpDeadlineMs}): ` +
        'no request costs more when it is given up than a refresh. Raise the one or lower the other.',
    );
  }
}
