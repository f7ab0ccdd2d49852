import { askProvider } from '../answer/ask-provider.js';
import type { Requester } from '../answer/ask-provider.js';
import { holds } from '../answer/classify-answer.js';
import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import { readPath } from '../read-path.js';
import { bindConnector } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { buildRequest } from '../render/build-request.js';
import type { ServerAccess } from '../read/server.js';
import { verifySql } from '../read/tables/verify-sql.js';
import { verifySftp } from './verify-sftp.js';

export interface Verification extends Target {
  /** `connect` is used for connectors that are no HTTP APIs. */
  readonly egress: Requester & Partial<ServerAccess>;
  readonly credential: Credential;
  /** Milliseconds, default 20000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * `rejected`: the provider does not accept the credential (or the inputs lead nowhere): asking again will not help ·
 * `unavailable`: nothing is known about the credential. `status` is null where there was no answer. Messages hold no secret.
 */
export type VerifyOutcome =
  | {
      readonly kind: 'verified';
      readonly account: { readonly id: string | null; readonly name: string | null };
      /** Over SSH: the fingerprint of the server's host key, to be kept with the credential. */
      readonly hostKey?: string;
    }
  | { readonly kind: 'rejected'; readonly status: number | null; readonly message: string }
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number | null; readonly message: string };

const maxBytes = 1024 * 1024;
const maxNameLength = 200;

function label(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, maxNameLength) : null;
}

function outcomeOf(error: ProviderError): VerifyOutcome {
  const redirected = error.status !== null && error.status >= 300 && error.status < 400;
  const rejected = error.kind === 'unauthorized' || error.kind === 'forbidden' || (error.kind === 'rejected' && !redirected);
  return rejected
    ? { kind: 'rejected', status: error.status, message: error.message }
    : { kind: 'unavailable', retryAfterMs: error.retryAfterMs, message: error.message };
}

/**
 * Makes the connector's verification call once and says what it tells about the credential and whose account it is. Throws only if
 * `signal` fires.
 */
export async function verifyCredential({ egress, credential, timeoutMs = 20_000, signal, ...target }: Verification): Promise<VerifyOutcome> {
  const { verification, errorHandler, name } = target.connector;
  if (verification.protocol === 'sftp') {
    const { connect } = egress;
    if (connect === undefined) throw new Error(`${name} is verified over SSH, and this egress opens no connections but HTTP`);
    signal?.throwIfAborted();
    return verifySftp({ connect: (server) => connect.call(egress, server) }, target, credential, timeoutMs);
  }
  if (verification.protocol === 'sql') {
    signal?.throwIfAborted();
    return verifySql(egress, target, credential, timeoutMs);
  }
  try {
    const bound = bindConnector(target);
    const request = buildRequest(bound, verification.request);
    const { status, body } = await askProvider({ egress, bound, request, credential, rules: errorHandler, timeoutMs, maxBytes, signal, anyAnswer: verification.answer === 'any' });
    if (!verification.successStatuses.includes(status) || !verification.checks.every((check) => holds(check, body))) {
      return { kind: 'rejected', status, message: `${name} answered, but not as it does for a valid credential (${status})` };
    }
    const { id, idInput, name: accountName } = verification.account;
    const accountId = idInput === undefined ? id && readPath(body, id) : bound.values.inputs[idInput];
    return { kind: 'verified', account: { id: label(accountId), name: accountName ? label(readPath(body, accountName)) : null } };
  } catch (error) {
    if (error instanceof ProviderError) return outcomeOf(error);
    throw error;
  }
}
