import type { Condition, ErrorRule, ResponseAction } from '@trunkline/catalog';
import { readPath } from '../read-path.js';
import { hintedWaitMs, retryAfterMs } from '../retry-after.js';

/** An answer as far as judging it needs. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined if it is not JSON. */
  readonly body: unknown;
}

/** What an answer means, and how long the provider asks to wait. */
export interface Verdict {
  readonly action: ResponseAction;
  readonly retryAfterMs: number | null;
}

/** True if the condition holds for a JSON answer. */
export function holds(condition: Condition, body: unknown): boolean {
  const value = readPath(body, condition.path);
  if (condition.exists !== undefined) return (value !== undefined && value !== null) === condition.exists;
  return value === condition.equals;
}

/** 408, 425 and 5xx pass by themselves (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 9110 §15.6). */
function actionByStatus(status: number): ResponseAction {
  if (status >= 200 && status < 300) return 'success';
  if (status === 401) return 'refresh_token';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 425 || status >= 500) return 'retry';
  return 'fail';
}

/** Codes that GraphQL servers put into `errors[].extensions.code` beside a 200 (Apollo's and Shopify's are the widest used). */
const graphqlActions: Readonly<Record<string, ResponseAction>> = {
  UNAUTHENTICATED: 'refresh_token',
  FORBIDDEN: 'forbidden',
  ACCESS_DENIED: 'forbidden',
  THROTTLED: 'rate_limited',
  RATE_LIMITED: 'rate_limited',
  INTERNAL_SERVER_ERROR: 'retry',
  SERVICE_UNAVAILABLE: 'retry',
};

/** Any error makes the whole answer one: data beside errors is a part, and a part must not pass for a page. */
function actionByGraphqlErrors(body: unknown): ResponseAction | null {
  const errors = readPath(body, ['errors']);
  if (!Array.isArray(errors) || errors.length === 0) return null;
  for (const error of errors) {
    const code = readPath(error, ['extensions', 'code']);
    if (typeof code === 'string' && Object.hasOwn(graphqlActions, code)) return graphqlActions[code]!;
  }
  return 'fail';
}

/**
 * A SOAP fault: the client's is no use asking again, whatever the status (SOAP 1.1 §6.2 sends all faults with 500). A fault beside a 200 has no
 * records, so it must not pass for an empty page.
 */
function actionBySoapFault(status: number, body: unknown): ResponseAction | null {
  const fault = readPath(body, ['Envelope', 'Body', 'Fault']);
  if (fault === undefined) return null;
  const code = readPath(fault, ['faultcode']) ?? readPath(fault, ['Code', 'Value']);
  const name = typeof code === 'string' ? code : readPath(code, ['#text']);
  if (typeof name === 'string' && /(?:^|:)(?:Client|Sender)(?:\.|$)/.test(name)) return 'fail';
  return status < 300 ? 'retry' : actionByStatus(status);
}

/** The first rule that applies decides, then GraphQL's errors and SOAP's faults, then the status. Pure. */
export function classifyAnswer(answer: Answer, rules: readonly ErrorRule[], options: { graphql: boolean; soap?: boolean; now?: number }): Verdict {
  const now = options.now ?? Date.now();
  const rule = rules.find(
    ({ status, body }) => (status === undefined || status.includes(answer.status)) && (body === undefined || holds(body, answer.body)),
  );
  const action = rule?.action ?? (options.graphql ? actionByGraphqlErrors(answer.body) : null) ?? (options.soap ? actionBySoapFault(answer.status, answer.body) : null) ?? actionByStatus(answer.status);
  const hinted = rule?.wait ? hintedWaitMs(rule.wait, answer.headers, answer.body, now) : null;
  return { action, retryAfterMs: hinted ?? retryAfterMs(answer.headers, now) };
}
