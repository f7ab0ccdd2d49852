import { Inject, Injectable } from '@nestjs/common';
import { PrivateKeyError, ProviderError, tokenEndpoint, type Grant, type OauthApp, type Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { Credential } from '../credential/credential.js';
import type { AssertionSecrets, TokenMembers } from '../credential/secret-members.js';
import { isBoundTo } from '../provider/allowed-origins.js';
import { AssertionGrants } from '../provider/assertion-grants.js';
import { Connectors } from '../provider/connectors.js';
import { renewalGrant } from '../provider/renewal-grant.js';
import { OauthAppCache } from './oauth-app-cache.js';

/** Everything a token request needs, put together before anything is sent. */
export interface Prepared {
  readonly target: Target;
  /** Null with an assertion. */
  readonly app: OauthApp | null;
  readonly grant: Grant;
}

/** `misconfigured`: an operator must look, in words without secrets; `away`: a neighbour of ours did not answer. */
export type NotPrepared = { readonly misconfigured: string } | { readonly away: unknown };

@Injectable()
export class PrepareRequest {
  readonly #connectors: Connectors;
  readonly #apps: OauthAppCache;

  readonly #assertions: AssertionGrants;

  constructor(@Inject(Connectors) connectors: Connectors, @Inject(OauthAppCache) apps: OauthAppCache, @Inject(AssertionGrants) assertions: AssertionGrants) {
    this.#connectors = connectors;
    this.#apps = apps;
    this.#assertions = assertions;
  }

  async prepare(credential: Credential, members: TokenMembers): Promise<Prepared | NotPrepared> {
    const target = this.#connectors.target(credential.connector, credential.inputs);
    if (target === undefined) return { misconfigured: 'the connector is not in the catalog any more' };
    if (members.type === 'JWT_BEARER') return this.#sign(credential, target, members);
    const grant = renewalGrant(target.connector, members.refreshToken);
    if (grant === null) return { misconfigured: 'the connector does not renew tokens any more' };
    if (credential.oauthAppId === null) return { misconfigured: 'the credential names no OAuth app' };
    const elsewhere = whereItMustNotGo(credential, target, grant.grantType === 'refresh_token' ? 'refresh' : 'grant');
    if (elsewhere !== null) return { misconfigured: elsewhere };
    try {
      return { target, grant, app: await this.#apps.reveal(credential.oauthAppId) };
    } catch (error) {
      const gone = error instanceof AppError && error.code === 'ENTITY_NOT_FOUND';
      return gone ? { misconfigured: 'its OAuth app does not exist any more' } : { away: error };
    }
  }

  /** Signed only when the place it goes to is known to be the one it was made for. */
  async #sign(credential: Credential, target: Target, members: AssertionSecrets): Promise<Prepared | NotPrepared> {
    if (target.connector.auth.JWT_BEARER === undefined) return { misconfigured: 'the connector does not take assertions any more' };
    const elsewhere = whereItMustNotGo(credential, target, 'assertion');
    if (elsewhere !== null) return { misconfigured: elsewhere };
    try {
      return { target, grant: await this.#assertions.make(target, credential, members), app: null };
    } catch (error) {
      const unfit = error instanceof ProviderError || error instanceof PrivateKeyError || (error instanceof AppError && !error.retryable);
      if (unfit) return { misconfigured: error.message };
      throw error;
    }
  }
}

/** The secret goes only where it was bound to when it was stored, whatever the catalog says today. */
function whereItMustNotGo({ allowedOrigins }: Credential, { connector, inputs, settings }: Target, purpose: 'grant' | 'refresh' | 'assertion'): string | null {
  try {
    const url = tokenEndpoint(connector, inputs, settings, purpose);
    if (isBoundTo(allowedOrigins, url)) return null;
    return `the connector's token endpoint is at ${new URL(url).host}, where this credential must not be sent; reconnect to allow it`;
  } catch (error) {
    return error instanceof Error ? error.message : 'the inputs do not fit the connector';
  }
}
