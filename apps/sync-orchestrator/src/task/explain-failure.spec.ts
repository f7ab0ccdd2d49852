import { ProviderError } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import { BudgetSpent } from '../budget/budget-spent.js';
import { explainFailure } from './explain-failure.js';

describe('what a failure means for a task', () => {
  it.each([
    ['unauthorized', 'failed', 'credential_rejected'],
    ['forbidden', 'failed', 'insufficient_scope'],
    ['rejected', 'failed', 'request_rejected'],
    ['looping', 'failed', 'pagination_loop'],
    ['rate_limited', 'later', 'rate_limited'],
    ['unavailable', 'later', 'provider_unavailable'],
    ['malformed', 'later', 'malformed_answer'],
  ] as const)('a provider that is %s', (kind, outcome, code) => {
    expect(explainFailure(new ProviderError(kind, 'Sandbox CRM said so'))).toMatchObject({ kind: outcome, cause: { code, message: expect.stringContaining('Sandbox CRM said so') as string } });
  });

  it('keeps the wait a provider asks for', () => {
    expect(explainFailure(new ProviderError('rate_limited', 'slow down', { retryAfterMs: 7_000 }))).toMatchObject({ waitMs: 7_000, counts: true });
    expect(explainFailure(new AppError('CREDENTIAL_COOLDOWN', 'later', { params: { retryAfterSeconds: 30 } }))).toMatchObject({ kind: 'later', waitMs: 30_000 });
  });

  it.each([
    ['ENTITY_NOT_FOUND', 'cancelled', 'connection_deleted'],
    ['CREDENTIAL_NEEDS_RECONNECT', 'failed', 'reauth_required'],
    ['CONNECTION_DISABLED', 'cancelled', 'connection_disabled'],
    ['CONNECTOR_MISCONFIGURED', 'failed', 'connector_misconfigured'],
    ['PROVIDER_UNAVAILABLE', 'later', 'provider_unavailable'],
  ] as const)('a credential that cannot be had: %s', (code, kind, cause) => {
    expect(explainFailure(new AppError(code, 'words'))).toMatchObject({ kind, cause: { code: cause, message: 'words' } });
  });

  it('does not hold it against a task that a part of the platform is away', () => {
    expect(explainFailure(new AppError('SERVICE_UNAVAILABLE', 'words'))).toMatchObject({ kind: 'later', counts: false });
  });

  it('does not hold it against a task that its account may not be asked just now', () => {
    expect(explainFailure(new BudgetSpent('HubSpot', 9_000))).toMatchObject({ kind: 'later', cause: { code: 'rate_limited' }, waitMs: 9_000, counts: false });
  });

  it('tells nothing of what it does not know', () => {
    const failure = explainFailure(new TypeError('secret inner text'));
    expect(failure).toMatchObject({ kind: 'later', cause: { code: 'internal' }, counts: true });
    expect(JSON.stringify(failure)).not.toContain('secret inner text');
  });
});
