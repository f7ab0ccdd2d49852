import { groupOf } from '@trunkline/catalog';
import type { Connector, Oauth2Method } from '@trunkline/catalog';
import { askProvider } from '../answer/ask-provider.js';
import type { Requester } from '../answer/ask-provider.js';
import { ProviderError } from '../provider-error.js';
import { readPath } from '../read-path.js';
import { checkedValues } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { buildRequest } from '../render/build-request.js';
import { renderOrigin } from '../render/render-url.js';
import { fitting, oauthOf } from './oauth-endpoints.js';
import type { GrantedTokens, TokenOutcome } from './token-outcome.js';

type Lookup = NonNullable<Oauth2Method['capture']['lookup']>;

const maxBytes = 1024 * 1024;
/** A code is used up by now: a moment's trouble of the provider's must not cost the whole walk. */
const tries = 3;
const pauseMs = 250;

/**
 * Asks the provider, with the token it has just given, for inputs that neither its answer nor the callback said. An account that has none is
 * no failure here: the verification that follows says what is missing. A provider that cannot answer now, nor a moment later, is one, and the
 * walk is repeated: the connection would otherwise lack what no later refresh brings. What was granted is told as unused.
 */
export async function lookUpInputs(question: Target & { readonly egress: Requester; readonly timeoutMs: number }, granted: GrantedTokens): Promise<TokenOutcome> {
  const endsAt = performance.now() + question.timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    const left = Math.max(1, Math.ceil(endsAt - performance.now()));
    const outcome = await lookUpOnce({ ...question, timeoutMs: left }, granted);
    const pause = outcome.kind === 'granted' ? 0 : Math.max(pauseMs * attempt, outcome.retryAfterMs ?? 0);
    if (outcome.kind === 'granted' || attempt === tries || performance.now() + pause >= endsAt) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function lookUpOnce(question: Target & { readonly egress: Requester; readonly timeoutMs: number }, granted: GrantedTokens): Promise<TokenOutcome> {
  const { connector, egress, timeoutMs } = question;
  const { lookup } = oauthOf(connector).capture;
  if (lookup === undefined) return granted;
  try {
    const values = checkedValues(question, { whole: false });
    // Not the whole connector is bound: its base URL may need the very inputs that are looked up.
    const bound = { connector, values, baseUrl: '', allowedOrigins: [renderOrigin(lookup.request.url!, values)] };
    const credential = { type: 'OAUTH2', accessToken: granted.accessToken, tokenType: granted.tokenType } as const;
    const { body } = await askProvider({ egress, bound, request: buildRequest(bound, lookup.request), credential, rules: connector.errorHandler, timeoutMs, maxBytes });
    return { ...granted, captured: { ...granted.captured, ...found(connector, lookup, body) } };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind !== 'unavailable' && error.kind !== 'rate_limited') return granted;
    const { status, retryAfterMs } = error;
    const message = `${connector.name} gave a token but could not say which account it is for: ${error.message}`;
    return { kind: 'refused', class: 'transient', error: null, status, retryAfterMs, sent: true, message, unused: granted };
  }
}

const found = (connector: Connector, { values }: Lookup, body: unknown): Record<string, string> =>
  fitting(connector, Object.entries(values).map(([input, { path, match }]) => [input, part(readPath(body, path), match)]));

const part = (value: unknown, match: string | undefined): unknown => (match === undefined ? value : groupOf(match, String(value)));
