import { failedCall, refusedCall } from './failed-call.js';

describe('what is told of a call that failed', () => {
  it.each([
    ['invalid_grant', 'invalid_grant'],
    ['http_503', 'http_503'],
    ['no_answer', 'no_answer'],
    ['your.token.is.abc', 'provider_error'],
    ['http_503_of_ours', 'provider_error'],
  ])('%s: %s', (errorCode, code) => expect(failedCall(errorCode)).toEqual({ outcome: 'failed', code }));

  it.each(['oauth_app_unavailable', 'lease_too_old', 'not_sent', 'expired'])('nothing for %s: nobody was called', (errorCode) => expect(failedCall(errorCode)).toBeNull());

  it.each([
    [401, 'unauthorized', 'http_401'],
    [403, 'forbidden', 'http_403'],
    [500, 'failed', 'http_500'],
    [null, 'failed', 'no_answer'],
  ] as const)('an answer %s: %s', (status, outcome, code) => expect(refusedCall(status)).toEqual({ outcome, code }));
});
