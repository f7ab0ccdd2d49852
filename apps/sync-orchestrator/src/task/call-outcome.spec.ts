import { ProviderError, type ProviderErrorKind } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import { callOf } from './call-outcome.js';

describe('what the end of a slice says of its connection', () => {
  it.each<[ProviderErrorKind, number | null, ReturnType<typeof callOf>]>([
    ['unauthorized', 401, { outcome: 'unauthorized', code: 'unauthorized_401' }],
    ['forbidden', 403, { outcome: 'forbidden', code: 'forbidden_403' }],
    ['unavailable', 503, { outcome: 'failed', code: 'unavailable_503' }],
    ['unavailable', null, { outcome: 'failed', code: 'unavailable' }],
    ['malformed', 200, { outcome: 'failed', code: 'malformed_200' }],
    ['looping', null, { outcome: 'failed', code: 'looping' }],
    ['rejected', 400, { outcome: 'failed', code: 'rejected_400' }],
    ['rejected', null, null],
    ['rate_limited', 429, null],
  ])('a provider that is %s (%s)', (kind, status, call) => {
    expect(callOf(new ProviderError(kind, 'words', { status }))).toEqual(call);
  });

  it.each([new AppError('SERVICE_UNAVAILABLE', 'words'), new AppError('CREDENTIAL_NEEDS_RECONNECT', 'words'), new TypeError('words')])('is nothing for %s', (error) => {
    expect(callOf(error)).toBeNull();
  });
});
