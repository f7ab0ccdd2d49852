import { consentRefusal } from './consent-refusal.js';

const refusal = (error: string, description?: string) => consentRefusal({ id: 'acme', name: 'Acme' }, error, description);

describe('the error of a consent page', () => {
  it.each([
    ['access_denied', 'AUTHORIZATION_DENIED', /^Access was not granted at Acme\.$/],
    ['user_cancelled_login', 'AUTHORIZATION_DENIED', /^Access was not granted at Acme\.$/],
    ['invalid_scope', 'AUTHORIZATION_FAILED', /permissions/],
    ['unauthorized_client', 'AUTHORIZATION_FAILED', /an operator must check/],
    ['invalid_request', 'AUTHORIZATION_FAILED', /an operator must check/],
    ['unsupported_response_type', 'AUTHORIZATION_FAILED', /an operator must check/],
    ['server_error', 'AUTHORIZATION_FAILED', /fault of its own/],
    ['temporarily_unavailable', 'AUTHORIZATION_FAILED', /in some minutes/],
    ['interaction_required', 'AUTHORIZATION_FAILED', /ask the person/],
    ['login_required', 'AUTHORIZATION_FAILED', /sign in there/],
    ['consent_required', 'AUTHORIZATION_FAILED', /allow the access/],
    ['constructor', 'AUTHORIZATION_FAILED', /^Acme ended the authorization \(constructor\)\.$/],
    ['\u0000', 'AUTHORIZATION_FAILED', /without a reason/],
  ])('%j becomes %s in plain words', (error, code, words) => {
    expect(refusal(error)).toMatchObject({ code, message: expect.stringMatching(words) as string });
  });

  it("ends with the provider's own words, cleaned", () => {
    expect(refusal('server_error', 'Oops,\r\n see https://evil.test/x').message).toBe('Acme had a fault of its own. Start again: Oops, see (address left out)');
    expect(refusal('server_error', 'x'.repeat(9_000)).message.length).toBeLessThan(400);
  });
});
