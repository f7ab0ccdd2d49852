import { Secret } from '@trunkline/contracts';
import type { Connector, JwtBearerMethod, Oauth2Method } from '@trunkline/catalog';
import { holds } from '../answer/classify-answer.js';
import { parseJson } from '../lossless-json.js';
import { readPath } from '../read-path.js';
import { retryAfterMs } from '../retry-after.js';
import { fitting } from './oauth-endpoints.js';
import type { RefusalClass, SecondToken, TokenOutcome } from './token-outcome.js';

/** What came back from a token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Half the round trip, in milliseconds. */
  readonly ageMs: number;
}

/**
 * RFC 6749 §5.2 and §4.1.2.1, OpenID Connect Core §3.1.2.6. Whatever is not in here or in the connector's `token_errors` counts as
 * transient.
 */
const errorClasses: Readonly<Record<string, RefusalClass>> = {
  invalid_grant: 'reauth',
  access_denied: 'reauth',
  consent_required: 'reauth',
  interaction_required: 'reauth',
  login_required: 'reauth',
  invalid_client: 'misconfigured',
  unauthorized_client: 'misconfigured',
  invalid_scope: 'misconfigured',
  invalid_request: 'misconfigured',
  unsupported_grant_type: 'misconfigured',
  invalid_target: 'misconfigured',
};

/**
 * There is no app of ours behind an assertion: who is refused is the person's key, issuer or subject (RFC 7523 §3.1 and §3.2 say
 * `invalid_grant` or `invalid_client`), and only the person can mend it.
 */
const assertionErrorClasses: Readonly<Record<string, RefusalClass>> = { ...errorClasses, invalid_client: 'reauth', unauthorized_client: 'reauth' };

/** Statuses that mean trouble on the way, whatever the body says: a proxy in front may have written it. */
const passing = (status: number) => status >= 500 || status === 429 || status === 408 || status === 425 || (status >= 300 && status < 400);

const tenYears = 315_360_000;
/** The longest token the platform stores. */
const maxTokenLength = 65_536;

/**
 * `expires_in` as whole seconds, null if unknown. Providers send numbers, numbers in quotes, 0 for "never" (Mailchimp), and
 * absurdities. Too long is cut to ten years, which is as good as never and fits every clock.
 */
export function lifetimeSeconds(raw: unknown): number | null {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || Number.isNaN(value) || value < 1) return null;
  return Math.min(tenYears, Math.floor(value));
}

function grantedScopes(raw: unknown, separator: string): string[] | null {
  if (Array.isArray(raw)) return raw.filter((scope) => typeof scope === 'string' || typeof scope === 'number').map(String);
  if (typeof raw !== 'string') return null;
  return raw.split(separator === ',' ? /[\s,]+/ : /\s+/).filter((scope) => scope !== '');
}

/** JSON, or what GitHub and others send when they overlook `Accept`: a form. */
function parseBody({ headers, text }: TokenAnswer): unknown {
  try {
    return parseJson(text);
  } catch {
    const isForm = headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false;
    return isForm ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
}

/** The error code wherever the provider keeps it; empty and null members are no errors. */
function errorMember(raw: unknown): string | null {
  if (typeof raw === 'string') return raw === '' ? null : raw;
  if (typeof raw === 'number') return String(raw);
  if (typeof raw === 'object' && raw !== null) {
    const inner = ['code', 'type', 'status'].map((name) => readPath(raw, [name])).find((value) => typeof value === 'string' || typeof value === 'number');
    return inner === undefined ? 'unnamed_error' : String(inner);
  }
  return null;
}

/** Only what looks like a code is passed on: a free text may quote a secret. */
const shown = (error: string | null): string | null => (error !== null && /^[\w.-]{1,64}$/.test(error) ? error : null);

const typeOf = (raw: unknown): string => (typeof raw === 'string' && /^[\w-]{1,64}$/.test(raw) ? raw : 'Bearer');

function secondToken(body: unknown, { tokenResponse, scopeSeparator }: Oauth2Method | JwtBearerMethod): SecondToken | null {
  const { second } = tokenResponse;
  if (second === undefined) return null;
  const at = (path: readonly string[] | undefined): unknown => (path === undefined ? undefined : readPath(body, path));
  const accessToken = at(second.accessToken);
  if (!usableToken(accessToken)) return null;
  const refreshToken = at(second.refreshToken);
  return {
    name: second.name,
    accessToken: new Secret(accessToken),
    refreshToken: usableToken(refreshToken) ? new Secret(refreshToken) : null,
    tokenType: typeOf(at(second.tokenType)),
    expiresInSeconds: lifetimeSeconds(at(second.expiresIn)),
    scopes: grantedScopes(at(second.scope), tokenResponse.scopeSeparator ?? scopeSeparator),
  };
}

const usableToken = (raw: unknown): raw is string => typeof raw === 'string' && raw !== '' && raw.length <= maxTokenLength;

/**
 * What a token endpoint's answer means: the decision table of RFC 6749 §5 and of practice. Pure.
 *
 * | answer | outcome |
 * |---|---|
 * | 5xx, 429, 408, 425, 3xx | transient |
 * | not JSON (nor a form) | transient |
 * | an error code (with any status, 200 too) | by the code; unknown codes transient |
 * | 4xx without a code | transient |
 * | `success_when` does not hold, without a code | transient |
 * | 2xx without an access token | transient |
 * | 2xx with the second token alone | granted, as the first |
 * | 2xx with one | granted |
 */
export function readTokenAnswer(answer: TokenAnswer, connector: Connector, oauth: Oauth2Method | JwtBearerMethod): TokenOutcome {
  const { status, headers } = answer;
  const fields = oauth.tokenResponse;
  const capture = 'capture' in oauth ? oauth.capture.tokenResponse : {};
  const classes = 'capture' in oauth ? errorClasses : assertionErrorClasses;
  const refused = (refusal: RefusalClass, what: string, error: string | null = null): TokenOutcome => ({
    kind: 'refused',
    class: refusal,
    error: shown(error),
    status,
    retryAfterMs: retryAfterMs(headers),
    sent: true,
    message: `${connector.name} ${what} (${shown(error) === null ? status : `${status} ${error}`})`,
  });

  if (passing(status)) return refused('transient', status === 429 ? 'limits the rate of token requests' : 'cannot give a token just now');
  const body = parseBody(answer);
  if (body === undefined) return refused('transient', 'gave an unreadable answer to a token request');
  const success = fields.successWhen === undefined ? null : holds(fields.successWhen, body);
  const error = success === true ? null : errorMember(readPath(body, fields.error));
  if (error !== null) {
    const known = Object.hasOwn(oauth.tokenErrors, error) ? oauth.tokenErrors[error] : Object.hasOwn(classes, error) ? classes[error] : undefined;
    return refused(known ?? 'transient', 'refused to give a token', error);
  }
  if (success === false || status < 200 || status > 299) return refused('transient', 'did not give a token');

  const accessToken = readPath(body, fields.accessToken);
  const second = secondToken(body, oauth);
  const captured = fitting(
    connector,
    Object.entries(capture).map(([input, path]) => [input, readPath(body, path)]),
  );
  const common = { kind: 'granted', ageMs: answer.ageMs, captured, refreshExpiresInSeconds: lifetimeSeconds(readPath(body, fields.refreshExpiresIn)) } as const;
  if (!usableToken(accessToken)) {
    if (second === null) return refused('transient', 'gave no access token');
    const { name: _, ...alone } = second;
    return { ...common, ...alone, second: null };
  }
  const refreshToken = readPath(body, fields.refreshToken);
  return {
    ...common,
    accessToken: new Secret(accessToken),
    refreshToken: usableToken(refreshToken) ? new Secret(refreshToken) : null,
    tokenType: typeOf(readPath(body, fields.tokenType)),
    expiresInSeconds: lifetimeSeconds(readPath(body, fields.expiresIn)) ?? fields.defaultExpiresIn ?? null,
    scopes: grantedScopes(readPath(body, fields.scope), fields.scopeSeparator ?? oauth.scopeSeparator),
    second,
  };
}
