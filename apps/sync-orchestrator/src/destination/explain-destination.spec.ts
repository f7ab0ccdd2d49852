import { ProviderError } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import { BudgetSpent } from '../budget/budget-spent.js';
import { explainDestination } from './explain-destination.js';

const destination = { connectionId: 'conn_1', name: 'PostgreSQL' };

describe('what a failure of a destination means', () => {
  it.each([
    [new AppError('CONNECTION_DISABLED', 'Disabled.'), 'destination_disabled', 'Enable it'],
    [new AppError('CREDENTIAL_NEEDS_RECONNECT', 'Reconnect.'), 'destination_reauth_required', 'reconnected'],
    [new ProviderError('unauthorized', 'PostgreSQL does not accept the password', { status: 401 }), 'destination_rejects_credential', 'Reconnect it'],
  ])('a run waits for whoever can mend it, however long: %s', (error, code, advice) => {
    const failure = explainDestination(error, destination);
    expect(failure).toMatchObject({ kind: 'later', counts: false, waitMs: 60_000, cause: { code } });
    expect(failure.cause.message).toContain('The destination PostgreSQL (conn_1)');
    expect(failure.cause.message).toContain(advice);
  });

  it.each([
    [new AppError('ENTITY_NOT_FOUND', 'No such connection.'), 'destination_missing'],
    [new ProviderError('rejected', 'the table "x" lacks the columns _key'), 'destination_request_rejected'],
    [new ProviderError('forbidden', 'the user may not do this'), 'destination_insufficient_scope'],
  ])('a run ends where waiting does not help: %s', (error, code) => {
    const failure = explainDestination(error, { ...destination, name: null });
    expect(failure).toMatchObject({ kind: 'failed', cause: { code } });
    expect(failure.cause.message).toContain('The destination conn_1');
    // That advice is for the connection that is read.
    expect(failure.cause.message).not.toContain('Reconnect it with the scopes');
  });

  it('what passes by itself is waited for as for a source, and a spent budget or a part of the platform is nobody\'s fault', () => {
    expect(explainDestination(new ProviderError('rate_limited', 'limits', { retryAfterMs: 9_000 }), destination)).toMatchObject({ kind: 'later', waitMs: 9_000, counts: true });
    expect(explainDestination(new ProviderError('unavailable', 'away'), destination)).toMatchObject({ kind: 'later', counts: true, cause: { code: 'destination_provider_unavailable' } });
    expect(explainDestination(new BudgetSpent('custom_rest', 40_000), destination)).toMatchObject({ kind: 'later', waitMs: 40_000, counts: false });
    expect(explainDestination(new AppError('SERVICE_UNAVAILABLE', 'Stopping.'), destination)).toMatchObject({ kind: 'later', counts: false, cause: { code: 'platform_unavailable' } });
    expect(explainDestination(new Error('s3cret'), destination)).toMatchObject({ kind: 'later', cause: { code: 'internal', message: expect.not.stringContaining('s3cret') as string } });
  });
});
