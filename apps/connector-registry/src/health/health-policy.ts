import type { CallOutcome, ConnectionStatus, StatusReason } from '@trunkline/contracts';
import type { Move } from '../connection/connection.js';

/** How many calls the status is computed from. */
export const windowSize = 5;

export interface HeardCall {
  readonly at: string;
  readonly source: 'verify' | 'refresh' | 'sync' | 'caller';
  readonly outcome: CallOutcome;
  readonly code: string | null;
}

/** `forbidden`: the provider knows the credential, and does not let it make even the verification call. */
export type Verification = 'verified' | 'forbidden' | 'rejected' | 'unavailable';

/** What the status of a connection is computed from. Times in milliseconds, all by the database's clock. */
export interface Evidence {
  readonly status: ConnectionStatus;
  readonly statusReason: StatusReason | null;
  /** Newest first. */
  readonly calls: readonly HeardCall[];
  /** When the credential was stored: what was called before was called with another one. */
  readonly connectedAt: number | null;
  readonly expiresAt: number | null;
  readonly verifyOutcome: Verification | null;
  readonly verifiedAt: number | null;
  readonly verifyAttemptedAt: number | null;
  readonly verifyWanted: boolean;
  readonly verifyFailures: number;
  readonly now: number;
}

export interface Pace {
  readonly healthEvidenceSeconds: number;
  readonly healthRetrySeconds: number;
  readonly healthProbeSeconds: number;
}

/** Puts a call into the window by its time, wherever it comes from and however late. Pure. */
export function noteCall(calls: readonly HeardCall[], call: HeardCall): HeardCall[] {
  const later = calls.filter(({ at }) => Date.parse(at) > Date.parse(call.at));
  return [...later, call, ...calls.slice(later.length)].slice(0, windowSize);
}

/** Calls made with the credential that is stored now. */
const ofCredential = ({ calls, connectedAt }: Evidence): HeardCall[] => calls.filter(({ at }) => connectedAt === null || Date.parse(at) >= connectedAt).slice(0, windowSize);

const spokenFor: ReadonlySet<StatusReason | null> = new Set(['reauth_required', 'refresh_outcome_unknown', 'connector_misconfigured']);

/**
 * What the evidence says about a connection, as the move that brings it there; null if it stands where it should.
 *
 * Active: the credential is valid and the last five calls succeeded. One that failed among them degrades it. That a person must connect
 * again is never concluded from calls alone: the keeper of the credential says so, or the provider when it is asked (`rejected`). A call
 * that was forbidden means a missing scope if the credential itself was found to be good since; else it is a call that failed.
 */
export function verdict(evidence: Evidence): { readonly name: Move; readonly reason?: StatusReason } | null {
  const { status, statusReason, expiresAt, now } = evidence;
  if (status !== 'active' && status !== 'degraded') return null;
  if (expiresAt !== null && expiresAt <= now) return spokenFor.has(statusReason) || statusReason === 'key_expired' ? null : { name: 'key_expired' };
  if (statusReason === 'key_expired') return { name: 'key_renewed' };
  if (spokenFor.has(statusReason)) return null;
  const reason = reasonOfCalls(evidence);
  if (reason === statusReason) return null;
  return reason === null ? { name: 'calls_succeeding' } : { name: 'calls_failing', reason };
}

function reasonOfCalls(evidence: Evidence): 'calls_failing' | 'insufficient_scope' | null {
  const trouble = ofCredential(evidence).find(({ outcome }) => outcome !== 'succeeded');
  if (trouble === undefined) return null;
  return trouble.outcome === 'forbidden' && foundGood(evidence) ? 'insufficient_scope' : 'calls_failing';
}

/** The provider knew this credential when it was last asked. Storing it counts: it was verified then. */
const foundGood = ({ verifyOutcome, verifiedAt, connectedAt }: Evidence): boolean =>
  connectedAt !== null && (verifiedAt === null || verifiedAt < connectedAt) ? true : verifyOutcome === 'verified' || verifyOutcome === 'forbidden';

/** Even what is asked for at once is not asked for twice in this time. */
const shortestPauseSeconds = 10;

/**
 * Whether the provider is to be asked just now: at once when a call made the credential doubtful; otherwise only where there is no fresh
 * evidence. One that gives no answer is asked ever more seldom. Where only a person or a date can change anything it is not asked.
 */
export function isVerificationDue(evidence: Evidence, pace: Pace): boolean {
  const { status, statusReason, verifyAttemptedAt, verifyWanted, now } = evidence;
  const since = (moment: number | null) => (moment === null ? Infinity : (now - moment) / 1_000);
  if (status !== 'active' && status !== 'degraded') return false;
  if (statusReason === 'key_expired') return false;
  if (verifyWanted) return since(verifyAttemptedAt) >= Math.min(shortestPauseSeconds, pace.healthRetrySeconds);
  if (statusReason === 'insufficient_scope') return false;
  return since(newestEvidence(evidence)) >= pauseBefore(evidence, pace) && since(verifyAttemptedAt) >= pauseBefore(evidence, pace);
}

/** In seconds. */
function pauseBefore({ statusReason, verifyFailures }: Evidence, { healthEvidenceSeconds, healthRetrySeconds, healthProbeSeconds }: Pace): number {
  if (statusReason === 'reauth_required') return healthProbeSeconds;
  if (statusReason !== 'calls_failing') return healthEvidenceSeconds;
  return Math.min(healthEvidenceSeconds, healthRetrySeconds * 2 ** Math.min(verifyFailures, 20));
}

const newestEvidence = ({ calls, verifiedAt, connectedAt }: Evidence): number | null => {
  const moments = [calls[0] === undefined ? null : Date.parse(calls[0].at), verifiedAt, connectedAt].filter((moment) => moment !== null);
  return moments.length === 0 ? null : Math.max(...moments);
};

/** What the answer of the provider means for the connection at once. That calls succeed or fail shows in the window. */
export function moveAfterVerification(outcome: Verification, before: Pick<Evidence, 'statusReason' | 'verifyOutcome'>): { readonly name: Move; readonly reason?: StatusReason } | null {
  if (outcome === 'rejected') return { name: 'credential_broken', reason: 'reauth_required' };
  // What the keeper said only the keeper takes back.
  if (outcome === 'verified' && before.statusReason === 'reauth_required' && before.verifyOutcome === 'rejected') return { name: 'credential_refreshed' };
  return null;
}
