export type { Credential } from './credential.js';
export { ProviderError } from './provider-error.js';
export type { ProviderErrorKind } from './provider-error.js';
export { bindConnector } from './render/bind-connector.js';
export type { Target } from './render/bind-connector.js';
export type { Requester } from './answer/ask-provider.js';
export { originOf } from './render/origin-of.js';
export { applyAuth } from './auth/apply-auth.js';
export type { Authorized } from './auth/apply-auth.js';
export {
  authorizeEndpoint,
  authorizeParams,
  captureFromCallback,
  expectedIssuer,
  revocationEndpoint,
  scopesByToken,
  scopesFor,
  tokenEndpoint,
} from './auth/oauth-endpoints.js';
export type { TokenMethod } from './auth/oauth-endpoints.js';
export type { OauthApp } from './auth/client-authentication.js';
export { algorithmsOf } from './auth/signature-algorithm.js';
export { callbackHmac, whyUnsigned } from './auth/callback-signature.js';
export type { UnsignedCallback } from './auth/callback-signature.js';
export { resolveEndpoints } from './auth/resolve-endpoints.js';
export { sshPrivateKey } from './auth/openssh-key.js';
export { openPrivateKey, PrivateKeyError, publicKeyOf, readPrivateKey } from './auth/private-key.js';
export { signAssertion } from './auth/sign-assertion.js';
export type { AssertionRequest } from './auth/sign-assertion.js';
export { requestToken } from './auth/request-token.js';
export type { Grant, TokenRequest } from './auth/request-token.js';
export type { GrantedTokens, RefusalClass, RefusedTokens, SecondToken, TokenOutcome } from './auth/token-outcome.js';
export { revokeToken } from './auth/revoke-token.js';
export type { Revocation, RevokeOutcome } from './auth/revoke-token.js';
export { verifyCredential } from './auth/verify-credential.js';
export type { Dialer } from './auth/ssh-session.js';
export type { Verification, VerifyOutcome } from './auth/verify-credential.js';
export { readStream } from './read/read-stream.js';
export type { ReadStreamOptions } from './read/read-stream.js';
export { mayHaveSkipped } from './read/may-have-skipped.js';
export type { ReadPage } from './read/read-page.js';
export type { Quarantined, ReadRecord } from './read/read-records.js';
export type { StreamState } from './read/stream-state.js';
export type { Budget, BudgetOf, BudgetRule, BudgetSignal, Permit } from './budget/budget.js';
export { batchOf, graceOf, settleSpending, spend, unspent } from './budget/spending.js';
export type { Spending } from './budget/spending.js';
export { openWriter } from './write/open-writer.js';
export { targetProblem } from './write/target-problem.js';
export type { Untaken, WriteBatch, Writer, WriterOptions } from './write/writer.js';
export { discoverStreams } from './read/tables/discover-streams.js';
export type { DiscoveredStream } from './read/tables/discover-streams.js';
export type { ServerAccess } from './read/server.js';
export { retryAfterMs } from './retry-after.js';
export { parseJson } from './lossless-json.js';
export { readPath } from './read-path.js';
