import type { ErrorRule } from '@trunkline/catalog';
import type { Egress, EgressResponse } from '@trunkline/egress';
import { authorize } from '../auth/apply-auth.js';
import type { Credential } from '../credential.js';
import { parseJson } from '../lossless-json.js';
import { parseXml } from './parse-xml.js';
import { ProviderError } from '../provider-error.js';
import type { BoundConnector } from '../render/bind-connector.js';
import type { BuiltRequest } from '../render/build-request.js';
import { classifyAnswer } from './classify-answer.js';
import { egressFailure } from './egress-failure.js';

/** The way out. Only `request` is used. */
export type Requester = Pick<Egress, 'request'>;

export interface Question {
  readonly egress: Requester;
  readonly bound: BoundConnector;
  readonly request: BuiltRequest;
  readonly credential: Credential;
  readonly rules: readonly ErrorRule[];
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** How the answer is written. Default: JSON. */
  readonly answer?: 'json' | 'xml';
  /** Told of every answer, good or not: what it says of the budget counts. */
  readonly seen?: (answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }) => void;
  /** Take a success whatever it is written in. Default: it must be JSON. */
  readonly anyAnswer?: boolean;
}

/** An answer that is good. `ignored`: the definition says to take it as nothing. */
export interface GoodAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly url: string;
  /** Size of the body in bytes. */
  readonly bytes: number;
  readonly ignored: boolean;
}

const parsed = (response: EgressResponse, answer: 'json' | 'xml'): unknown => {
  try {
    return answer === 'xml' ? parseXml(response.text()) : parseJson(response.text());
  } catch {
    return undefined;
  }
};

/** Sends one request with the credential and judges the answer. Throws {@link ProviderError} for anything but a good one. */
export async function askProvider({ egress, bound, request, credential, rules, answer = 'json', seen, anyAnswer = false, ...limits }: Question): Promise<GoodAnswer> {
  const { connector, allowedOrigins } = bound;
  const { url, headers } = authorize(bound, credential, request);
  let response: EgressResponse;
  try {
    response = await egress.request({ ...limits, method: request.method, url, headers, body: request.body, allowedOrigins, redirect: 'error' });
  } catch (error) {
    limits.signal?.throwIfAborted();
    throw egressFailure(error, connector.name);
  }

  const { status } = response;
  const body = parsed(response, answer);
  seen?.({ status, headers: response.headers, body });
  const { action, retryAfterMs } = classifyAnswer({ status, headers: response.headers, body }, rules, { graphql: request.graphql, soap: answer === 'xml' });
  const place = `${request.method} ${new URL(request.url).pathname}`;
  const failed = (kind: ConstructorParameters<typeof ProviderError>[0], what: string) =>
    new ProviderError(kind, `${connector.name} ${what} (${status} to ${place})`, { status, retryAfterMs });
  switch (action) {
    case 'success':
      if (body === undefined && !anyAnswer) throw failed('malformed', `answered something that is not ${answer === 'xml' ? 'XML' : 'JSON'}`);
      return { status, headers: response.headers, body, url: request.url, bytes: response.body.byteLength, ignored: false };
    case 'ignore':
      return { status, headers: response.headers, body, url: request.url, bytes: response.body.byteLength, ignored: true };
    case 'retry':
      throw failed('unavailable', 'is not available');
    case 'rate_limited':
      throw failed('rate_limited', 'limits the rate of calls');
    case 'refresh_token':
      throw failed('unauthorized', 'does not accept the credential');
    case 'forbidden':
      throw failed('forbidden', 'does not allow this');
    case 'fail':
      throw failed('rejected', 'rejected the request');
  }
}
