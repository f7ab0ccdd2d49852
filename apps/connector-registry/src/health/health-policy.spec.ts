import type { CallOutcome, StatusReason } from '@trunkline/contracts';
import { isVerificationDue, moveAfterVerification, noteCall, verdict, type Evidence, type HeardCall, type Verification } from './health-policy.js';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const ago = (seconds: number) => now - seconds * 1_000;
const call = (outcome: CallOutcome, secondsAgo: number, source: HeardCall['source'] = 'sync'): HeardCall => ({ at: new Date(ago(secondsAgo)).toISOString(), source, outcome, code: null });
/** Newest first, a minute apart: `s` succeeded, `f` failed, `u` unauthorized, `x` forbidden. */
const calls = (outcomes: string): HeardCall[] =>
  [...outcomes].map((letter, index) => call(letter === 's' ? 'succeeded' : letter === 'f' ? 'failed' : letter === 'u' ? 'unauthorized' : 'forbidden', 60 * (index + 1)));
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  status: 'active',
  statusReason: null,
  calls: [],
  connectedAt: ago(86_400),
  expiresAt: null,
  verifyOutcome: null,
  verifiedAt: null,
  verifyAttemptedAt: null,
  verifyWanted: false,
  verifyFailures: 0,
  now,
  ...more,
});
const degraded = (statusReason: StatusReason, more: Partial<Evidence> = {}) => evidence({ status: 'degraded', statusReason, ...more });
const pace = { healthEvidenceSeconds: 900, healthRetrySeconds: 60, healthProbeSeconds: 86_400 };

describe('the status of a connection', () => {
  it.each<[string, string]>([['', 'no calls yet'], ['s', 'one'], ['sssss', 'five']])('is active when all of its last calls (%j) succeeded', (outcomes) => {
    expect(verdict(evidence({ calls: calls(outcomes) }))).toBeNull();
    expect(verdict(degraded('calls_failing', { calls: calls(outcomes) }))).toEqual({ name: 'calls_succeeding' });
    expect(verdict(degraded('insufficient_scope', { calls: calls(outcomes) }))).toEqual({ name: 'calls_succeeding' });
  });

  it.each(['f', 'fssss', 'ssssf', 'u', 'su'])('is degraded when one of them failed (%j)', (outcomes) => {
    expect(verdict(evidence({ calls: calls(outcomes) }))).toEqual({ name: 'calls_failing', reason: 'calls_failing' });
    expect(verdict(degraded('calls_failing', { calls: calls(outcomes) }))).toBeNull();
  });

  it.each<[Verification | null, StatusReason]>([
    [null, 'insufficient_scope'],
    ['verified', 'insufficient_scope'],
    ['forbidden', 'insufficient_scope'],
    ['unavailable', 'calls_failing'],
    ['rejected', 'calls_failing'],
  ])('is for want of a scope when a call was forbidden and the credential was last found %j', (verifyOutcome, reason) => {
    expect(verdict(evidence({ calls: calls('xs'), verifyOutcome, verifiedAt: verifyOutcome === null ? null : ago(30) }))).toEqual({ name: 'calls_failing', reason });
  });

  it('is what the newest trouble says', () => {
    expect(verdict(degraded('insufficient_scope', { calls: calls('sfx'), verifyOutcome: 'verified', verifiedAt: ago(5) }))).toEqual({ name: 'calls_failing', reason: 'calls_failing' });
    expect(verdict(degraded('calls_failing', { calls: calls('xf'), verifyOutcome: 'verified', verifiedAt: ago(5) }))).toEqual({ name: 'calls_failing', reason: 'insufficient_scope' });
  });

  it('does not hold calls against a credential that was stored after them', () => {
    expect(verdict(evidence({ calls: calls('fffff'), connectedAt: ago(10) }))).toBeNull();
    expect(verdict(evidence({ calls: [call('failed', 5), ...calls('ssss')], connectedAt: ago(10) }))).toEqual({ name: 'calls_failing', reason: 'calls_failing' });
  });

  it.each(['reauth_required', 'refresh_outcome_unknown', 'connector_misconfigured'] as const)('stays %s whatever the calls say', (reason) => {
    expect(verdict(degraded(reason, { calls: calls('sssss') }))).toBeNull();
    expect(verdict(degraded(reason, { calls: calls('f') }))).toBeNull();
    expect(verdict(degraded(reason, { expiresAt: ago(1) }))).toBeNull();
  });

  it('follows the day the key lapses', () => {
    expect(verdict(evidence({ expiresAt: now }))).toEqual({ name: 'key_expired' });
    expect(verdict(evidence({ expiresAt: now + 1 }))).toBeNull();
    expect(verdict(degraded('calls_failing', { expiresAt: ago(1), calls: calls('f') }))).toEqual({ name: 'key_expired' });
    expect(verdict(degraded('key_expired', { expiresAt: ago(1), calls: calls('f') }))).toBeNull();
    expect(verdict(degraded('key_expired', { expiresAt: now + 1 }))).toEqual({ name: 'key_renewed' });
    expect(verdict(degraded('key_expired'))).toEqual({ name: 'key_renewed' });
  });

  it.each(['pending', 'disabled', 'missing'] as const)('is not computed of a connection that is %s', (status) => {
    expect(verdict(evidence({ status, calls: calls('fffff'), expiresAt: ago(1) }))).toBeNull();
    expect(isVerificationDue(evidence({ status, verifyWanted: true }), pace)).toBe(false);
  });
});

describe('the window of calls', () => {
  it('keeps the last five by their own time, however they come', () => {
    const all = [60, 10, 40, 20, 50, 30].map((seconds) => call('succeeded', seconds));
    const noted = all.reduce<HeardCall[]>((held, one) => noteCall(held, one), []);
    expect(noted.map(({ at }) => (now - Date.parse(at)) / 1_000)).toEqual([10, 20, 30, 40, 50]);
    expect(noteCall(noted, call('failed', 70))).toEqual(noted);
  });
});

describe('a verification', () => {
  it.each<[string, Partial<Evidence>, boolean]>([
    ['nothing was heard for long', { calls: [call('succeeded', 901)] }, true],
    ['something was heard lately', { calls: [call('succeeded', 899)] }, false],
    ['it was verified lately', { verifiedAt: ago(899), verifyOutcome: 'verified', verifyAttemptedAt: ago(899) }, false],
    ['it was stored, and so verified, lately', { connectedAt: ago(899) }, false],
    ['somebody asked lately and has no answer', { verifyAttemptedAt: ago(20) }, false],
    ['a call made it doubtful', { calls: [call('unauthorized', 1)], verifyWanted: true, verifyAttemptedAt: ago(10) }, true],
    ['a call made it doubtful a moment after it was asked', { calls: [call('unauthorized', 1)], verifyWanted: true, verifyAttemptedAt: ago(9) }, false],
  ])('of an active connection when %s: %#', (_, more, due) => {
    expect(isVerificationDue(evidence(more), pace)).toBe(due);
  });

  it.each<[StatusReason, number, number, boolean]>([
    ['calls_failing', 59, 0, false],
    ['calls_failing', 60, 0, true],
    ['calls_failing', 119, 1, false],
    ['calls_failing', 120, 1, true],
    ['calls_failing', 899, 50, false],
    ['calls_failing', 900, 50, true],
    ['insufficient_scope', 90_000, 0, false],
    ['key_expired', 90_000, 0, false],
    ['reauth_required', 86_399, 0, false],
    ['reauth_required', 86_400, 0, true],
    ['connector_misconfigured', 900, 0, true],
  ])('of one that is %s, %i s after the last evidence and %i vain ones', (reason, seconds, verifyFailures, due) => {
    const more = { calls: [call('failed', seconds, 'verify')], verifiedAt: ago(seconds), verifyAttemptedAt: ago(seconds), verifyFailures, connectedAt: ago(90_000) };
    expect(isVerificationDue(degraded(reason, more), pace)).toBe(due);
  });

  it.each<[Verification, StatusReason | null, Verification | null, ReturnType<typeof moveAfterVerification>]>([
    ['rejected', null, null, { name: 'credential_broken', reason: 'reauth_required' }],
    ['rejected', 'calls_failing', 'verified', { name: 'credential_broken', reason: 'reauth_required' }],
    ['verified', 'reauth_required', 'rejected', { name: 'credential_refreshed' }],
    // The keeper said so; only the keeper takes it back.
    ['verified', 'reauth_required', 'verified', null],
    ['verified', 'calls_failing', 'unavailable', null],
    ['unavailable', null, 'verified', null],
    ['forbidden', null, 'verified', null],
  ])('that is %s, of one degraded for %s and last %s', (outcome, statusReason, verifyOutcome, move) => {
    expect(moveAfterVerification(outcome, { statusReason, verifyOutcome })).toEqual(move);
  });
});
