import { EgressError } from '@trunkline/egress';
import { Webhook } from 'standardwebhooks';
import { retryAfterOf } from './retry-schedule.js';
import type { WebhookParts } from './webhook-parts.js';
import { openSecrets } from './webhook-secret.js';

export interface Outgoing {
  readonly webhookId: string;
  readonly url: string;
  readonly messageId: string;
  readonly body: string;
}

/** How an attempt ended. */
export interface Attempt {
  readonly end: 'delivered' | 'failed' | 'slow_down' | 'gone';
  /** Null: there was no answer. */
  readonly status: number | null;
  /** In words that tell nothing of the address' path, in which some keep a secret. Null if it was delivered. */
  readonly error: string | null;
  readonly retryAfterSeconds: number | null;
}

/** Nothing in an answer's body is of use to us; more of it is not waited for. */
const mostAnswerBytes = 65_536;

/** Sends a message as Standard Webhooks 1.0 says, once. Everything an endpoint can do ends in an attempt; it throws only if we cannot sign. */
export async function attempt(parts: Pick<WebhookParts, 'database' | 'vault' | 'egress' | 'context'>, { webhookId, url, messageId, body }: Outgoing): Promise<Attempt> {
  const secrets = await openSecrets(parts, webhookId);
  const at = new Date();
  const signatures = secrets.map((secret) => new Webhook(secret.reveal()).sign(messageId, at, body));
  try {
    const { status, headers } = await parts.egress.request({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': messageId,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signatures.join(' '),
      },
      body,
      redirect: 'error',
      timeoutMs: parts.context.config.webhookTimeoutSeconds * 1_000,
      maxBytes: mostAnswerBytes,
    });
    return judge(status, headers);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    // It has answered, and only its body was too long for us.
    if (error.status !== undefined) return judge(error.status, {});
    return { end: 'failed', status: null, error: error.message, retryAfterSeconds: null };
  }
}

function judge(status: number, headers: Readonly<Record<string, string>>): Attempt {
  if (status >= 200 && status < 300) return { end: 'delivered', status, error: null, retryAfterSeconds: null };
  const retryAfterSeconds = status === 429 || status === 503 ? retryAfterOf(headers, Date.now()) : null;
  const end = status === 410 ? 'gone' : status === 429 ? 'slow_down' : 'failed';
  return { end, status, error: `it answered ${status}${status >= 300 && status < 400 ? ' (redirects are not followed)' : ''}`, retryAfterSeconds };
}
