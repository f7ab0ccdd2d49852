import { Inject, Injectable } from '@nestjs/common';
import { tokenEndpoint, type Grant, type OauthApp, type Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { Credential } from '../credential/credential.js';
import type { OauthMembers } from '../credential/secret-members.js';
import { isBoundTo } from '../provider/allowed-origins.js';
import { Connectors } from '../provider/connectors.js';
import { renewalGrant } from '../provider/renewal-grant.js';
import { OauthAppCache } from './oauth-app-cache.js';

/** Everything a token request needs, put together before anything is sent. */
export interface Prepared {
  readonly target: Target;
  readonly app: OauthApp;
  readonly grant: Grant;
}

/** `misconfigured`: an operator must look, in words without secrets; `away`: a neighbour of ours did not answer. */
export type NotPrepared = { readonly misconfigured: string } | { readonly away: unknown };

@Injectable()
export class PrepareRequest {
  readonly #connectors: Connectors;
  readonly #apps: OauthAppCache;

  constructor(@Inject(Connectors) connectors: Connectors, @Inject(OauthAppCache) apps: OauthAppCache) {
    this.#connectors = connectors;
    this.#apps = apps;
  }

  async prepare(credential: Credential, members: OauthMembers): Promise<Prepared | NotPrepared> {
    const target = this.#connectors.target(credential.connector, credential.inputs);
    if (target === undefined) return { misconfigured: 'the connector is not in the catalog any more' };
    const grant = renewalGrant(target.connector, members.refreshToken);
    if (grant === null) return { misconfigured: 'the connector does not renew tokens any more' };
    if (credential.oauthAppId === null) return { misconfigured: 'the credential names no OAuth app' };
    const elsewhere = whereItMustNotGo(credential, target, grant);
    if (elsewhere !== null) return { misconfigured: elsewhere };
    try {
      return { target, grant, app: await this.#apps.reveal(credential.oauthAppId) };
    } catch (error) {
      const gone = error instanceof AppError && error.code === 'ENTITY_NOT_FOUND';
      return gone ? { misconfigured: 'its OAuth app does not exist any more' } : { away: error };
    }
  }
}

/** The secret goes only where it was bound to when it was stored, whatever the catalog says today. */
function whereItMustNotGo({ allowedOrigins }: Credential, { connector, inputs, settings }: Target, grant: Grant): string | null {
  try {
    const url = tokenEndpoint(connector, inputs, settings, grant.grantType === 'refresh_token' ? 'refresh' : 'grant');
    if (isBoundTo(allowedOrigins, url)) return null;
    return `the connector's token endpoint is at ${new URL(url).host}, where this credential must not be sent; reconnect to allow it`;
  } catch (error) {
    return error instanceof Error ? error.message : 'the inputs do not fit the connector';
  }
}
