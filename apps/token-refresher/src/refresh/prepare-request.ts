import { Inject, Injectable } from '@nestjs/common';
import { PrivateKeyError, ProviderError, resolveEndpoints, tokenEndpoint, type Grant, type OauthApp, type Target } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { AppError } from '@trunkline/service';
import type { Credential } from '../credential/credential.js';
import type { AssertionSecrets, TokenMembers } from '../credential/secret-members.js';
import { isBoundTo } from '../provider/allowed-origins.js';
import { AssertionGrants } from '../provider/assertion-grants.js';
import { Connectors } from '../provider/connectors.js';
import { EGRESS } from '../provider/egress.js';
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
  readonly #egress: Egress;

  constructor(
    @Inject(Connectors) connectors: Connectors,
    @Inject(OauthAppCache) apps: OauthAppCache,
    @Inject(AssertionGrants) assertions: AssertionGrants,
    @Inject(EGRESS) egress: Egress,
  ) {
    this.#egress = egress;
    this.#connectors = connectors;
    this.#apps = apps;
    this.#assertions = assertions;
  }

  async prepare(credential: Credential, members: TokenMembers): Promise<Prepared | NotPrepared> {
    try {
      await this.#connectors.ready(credential.connector);
    } catch (error) {
      return { away: error };
    }
    const written = this.#connectors.target(credential.connector, credential.inputs);
    if (written === undefined) return { misconfigured: 'the connector is not in the catalog any more' };
    const target = await this.#withEndpoints(written);
    if (!('connector' in target)) return target;
    if (members.type === 'JWT_BEARER') return this.#sign(credential, target, members);
    const grant = renewalGrant(target.connector, members);
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

  /** An issuer that does not answer says nothing of the connection, which waits. */
  async #withEndpoints(target: Target): Promise<Target | NotPrepared> {
    try {
      return await resolveEndpoints(this.#egress, target);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.kind === 'unavailable' ? { away: error } : { misconfigured: error.message };
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
