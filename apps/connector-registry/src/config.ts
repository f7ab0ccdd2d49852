import { z } from 'zod';
import { Secret } from '@trunkline/contracts';
import { vaultSettings } from '@trunkline/persistence';
import { catalogSettings, databaseSettings, egressSettings, setting, text, whole, type CommonConfig, type ConfigOf, type ServiceContext, type Settings } from '@trunkline/service';
import { healthSettings } from './health/health-settings.js';
import { reminderSettings } from './reminder/reminder-settings.js';
import { webhookSettings } from './webhook/webhook-settings.js';

const longSecret = z
  .string()
  .min(32, 'must have at least 32 characters; `openssl rand -base64 32` makes one')
  .transform((value) => new Secret(value))
  .optional();

export const settings = {
  ...databaseSettings,
  ...catalogSettings,
  ...egressSettings,
  ...vaultSettings,
  ...healthSettings,
  ...reminderSettings,
  ...webhookSettings,
  adminKey: setting(
    'TRUNKLINE_ADMIN_KEY',
    longSecret,
    "The installation's own key (at least 32 characters): whoever presents it is the operator and may manage every platform. Unset: there is no operator.",
  ),
  sessionSecret: setting(
    'TRUNKLINE_SESSION_SECRET',
    longSecret,
    'Signs the tokens of sessions (at least 32 characters), the same for all replicas; another one ends all sessions. Unset: nobody logs in with a password.',
  ),
  sessionHours: setting('TRUNKLINE_SESSION_HOURS', whole(1, 720).default(12), 'How long a session lasts, in hours.'),
  loginWindowMinutes: setting('TRUNKLINE_LOGIN_WINDOW_MINUTES', whole(1, 1_440).default(15), 'Failed logins are counted over so many minutes.'),
  loginFailuresPerAccount: setting('TRUNKLINE_LOGIN_FAILURES_PER_ACCOUNT', whole(1, 1_000).default(10), 'Failed logins of one e-mail address in that time, after which it must wait.'),
  loginFailuresPerAddress: setting(
    'TRUNKLINE_LOGIN_FAILURES_PER_ADDRESS',
    whole(1, 100_000).default(100),
    'Failed logins from one client address (of IPv6: one /64) in that time, after which it must wait.',
  ),
  oidcIssuer: setting('TRUNKLINE_OIDC_ISSUER', z.url().optional(), 'An outside OpenID Connect issuer whose bearer tokens are accepted, exactly as its tokens name it (`iss`). Unset: none.'),
  oidcAudience: setting('TRUNKLINE_OIDC_AUDIENCE', text.optional(), 'Whom its tokens must be for (`aud`). Needed with an issuer.'),
  oidcPlatformId: setting('TRUNKLINE_OIDC_PLATFORM_ID', text.optional(), 'The platform whose users they stand for, found by e-mail address. Needed with an issuer.'),
  oidcJwksUrl: setting('TRUNKLINE_OIDC_JWKS_URL', z.url().optional(), "Where the issuer's keys are. Unset: found by OpenID Connect Discovery."),
  oidcEmailClaim: setting('TRUNKLINE_OIDC_EMAIL_CLAIM', text.default('email'), 'The claim that holds the e-mail address.'),
} satisfies Settings;

export type RegistryConfig = CommonConfig & ConfigOf<typeof settings>;
export type RegistryContext = ServiceContext<RegistryConfig>;
