import { Inject, Injectable } from '@nestjs/common';
import { ProviderError, resolveEndpoints, revocationEndpoint, revokeToken, type OauthApp, type RevokeOutcome, type Target, type TokenMethod } from '@trunkline/connector-kit';
import type { Secret } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { AppError, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import type { OauthMembers } from '../credential/secret-members.js';
import { isBoundTo } from '../provider/allowed-origins.js';
import { AssertionGrants } from '../provider/assertion-grants.js';
import { Connectors } from '../provider/connectors.js';
import { EGRESS } from '../provider/egress.js';
import { OauthAppCache } from '../refresh/oauth-app-cache.js';
import type { Revocation } from './revocation-queue.js';

type Hint = 'access_token' | 'refresh_token';

const failed = (message: string, retryable: boolean): RevokeOutcome => ({ kind: 'failed', retryable, retryAfterMs: null, message });

/** Ends tokens at the provider: RFC 7009, or the provider's own call. Sent twice it changes nothing more. */
@Injectable()
export class RevokeAtProvider {
  constructor(
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(OauthAppCache) private readonly apps: OauthAppCache,
    @Inject(AssertionGrants) private readonly assertions: AssertionGrants,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  async revoke(revocation: Revocation): Promise<RevokeOutcome> {
    try {
      await this.connectors.ready(revocation.connector);
    } catch {
      return failed('the connector could not be read', true);
    }
    const written = this.connectors.target(revocation.connector, revocation.inputs);
    if (written?.connector.auth.JWT_BEARER !== undefined && revocation.oauthAppId === null) return this.#ofAssertion(written, revocation);
    if (written?.connector.auth.OAUTH2 === undefined || revocation.oauthAppId === null) return { kind: 'unsupported' };
    let target: Target;
    try {
      target = await resolveEndpoints(this.egress, written);
    } catch (error) {
      if (error instanceof ProviderError) return failed(error.message, error.kind === 'unavailable');
      throw error;
    }
    const refused = this.#mayNot(target, revocation);
    if (refused !== null) return refused;

    let app: OauthApp;
    try {
      app = await this.apps.reveal(revocation.oauthAppId);
    } catch (error) {
      const gone = error instanceof AppError && error.code === 'ENTITY_NOT_FOUND';
      return failed(gone ? 'the OAuth app does not exist any more' : 'the OAuth app could not be read', !gone);
    }
    const members = await this.seal.open(revocation);
    if (members.type !== 'OAUTH2') return { kind: 'unsupported' };

    const takesAccessToken = target.connector.auth.OAUTH2?.revocation?.authenticateWith === 'access_token';
    let ended: RevokeOutcome = { kind: 'unsupported' };
    for (const [token, hint] of tokensToEnd(members, revocation.extent, takesAccessToken)) {
      const outcome = await revokeToken({ ...target, egress: this.egress, app, token, tokenTypeHint: hint, timeoutMs: this.context.config.refreshHttpDeadlineMs });
      if (outcome.kind === 'failed') return outcome;
      // A provider may not know how to end access tokens (RFC 7009 §2: it need not); with the refresh token gone the grant is over.
      if (outcome.kind === 'revoked') ended = outcome;
    }
    return ended;
  }

  /** A token that came for an assertion. Where an assertion proves the client, a fresh one does here too. */
  async #ofAssertion(target: Target, revocation: Revocation): Promise<RevokeOutcome> {
    const refused = this.#mayNot(target, revocation, 'JWT_BEARER');
    if (refused !== null) return refused;
    const members = await this.seal.open(revocation);
    if (members.type !== 'JWT_BEARER') return { kind: 'unsupported' };
    const provesClient = target.connector.auth.JWT_BEARER?.grant === 'client_assertion';
    let assertion: Secret | null = null;
    try {
      if (provesClient) ({ assertion } = await this.assertions.make(target, revocation, members));
    } catch (error) {
      if (error instanceof AppError || error instanceof ProviderError) return failed('there is no key any more to prove whose token it is', false);
      throw error;
    }
    const { accessToken: token } = members;
    return revokeToken({ ...target, egress: this.egress, app: null, method: 'JWT_BEARER', assertion, token, tokenTypeHint: 'access_token', timeoutMs: this.context.config.refreshHttpDeadlineMs });
  }

  /** The token is sent only to where it was bound when it was stored. */
  #mayNot(target: Target, { allowedOrigins }: Revocation, method: TokenMethod = 'OAUTH2'): RevokeOutcome | null {
    try {
      const url = revocationEndpoint(target.connector, target.inputs, target.settings, method);
      if (url === null) return { kind: 'unsupported' };
      return isBoundTo(allowedOrigins, url) ? null : failed(`the revocation endpoint is at ${new URL(url).host}, where this token must not be sent`, false);
    } catch (error) {
      return failed(error instanceof Error ? error.message : 'the inputs do not fit the connector', false);
    }
  }
}

/**
 * Which tokens, in order. Ending the refresh token ends the grant (RFC 7009 §2.1 says access tokens SHOULD go with it: not all do, so
 * the access token follows).
 */
function tokensToEnd({ accessToken, refreshToken }: OauthMembers, extent: Revocation['extent'], takesAccessToken: boolean): [Secret, Hint][] {
  const access: [Secret, Hint] = [accessToken, 'access_token'];
  return extent === 'access' || refreshToken === null || takesAccessToken ? [access] : [[refreshToken, 'refresh_token'], access];
}
