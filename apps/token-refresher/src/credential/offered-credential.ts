import { Inject, Injectable } from '@nestjs/common';
import { PrivateKeyError, ProviderError, requestToken, type GrantedTokens, type Target } from '@trunkline/connector-kit';
import type { credentials, CredentialValue, RequestOf, UsableCredential } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { AssertionGrants, type AssertionGrant } from '../provider/assertion-grants.js';
import { EGRESS } from '../provider/egress.js';
import { renewalGrant } from '../provider/renewal-grant.js';
import { REFRESH_POLICY } from '../refresh/policy-from-config.js';
import { refreshLifeOf } from '../refresh/refresh-life.js';
import { scheduleOf, type RefreshPolicy } from '../refresh/refresh-policy.js';
import { OpenUsable } from '../resolve/open-usable.js';
import { PinnedHostKey } from './pinned-host-key.js';
import { invalidConnection, providerSilent } from './put-errors.js';
import type { SecretMembers } from './secret-members.js';
import type { NewCredential } from './write-credential.js';

type PutRequest = RequestOf<typeof credentials.put>;
type Value<Type extends CredentialValue['type']> = Extract<CredentialValue, { type: Type }>;

/** A credential as somebody brings it, ready to be verified and sealed. */
export interface Offered {
  /** What the verification call is made with. */
  readonly usable: UsableCredential;
  /** @param hostKey what the server showed, over SSH */
  readonly members: (hostKey: string | undefined) => SecretMembers;
  readonly described: Pick<NewCredential, 'oauthAppId' | 'tokenType' | 'scopes' | 'refreshable' | 'schedule' | 'refreshExpiresInSeconds' | 'signingKeyId'>;
  /** Since the provider issued the access token, in seconds; 0 for keys. */
  readonly ageSeconds: () => number;
}

/** Half a round trip; more would be a mistake of the caller's, and age a token that was just issued. */
const longestAgeMs = 60_000;
/** An assertion costs two requests, and whoever waits for `put` has one deadline for both. */
export const longestExchangeMs = 15_000;

const notRenewed = { oauthAppId: null, scopes: [], refreshable: false, schedule: { lifetimeSeconds: null, dueInSeconds: null }, refreshExpiresInSeconds: null, signingKeyId: null } as const;

/** From what `put` is given to what is verified and stored: an assertion is exchanged for its first access token on the way. */
@Injectable()
export class OfferedCredential {
  constructor(
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(AssertionGrants) private readonly assertions: AssertionGrants,
    @Inject(OpenUsable) private readonly usable: OpenUsable,
    @Inject(PinnedHostKey) private readonly pinned: PinnedHostKey,
    @Inject(REFRESH_POLICY) private readonly policy: RefreshPolicy,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /** @throws AppError INVALID_APP_CONNECTION, PROVIDER_UNAVAILABLE */
  async of(target: Target, request: PutRequest, allowedOrigins: readonly string[]): Promise<Offered> {
    const { credential } = request;
    switch (credential.type) {
      case 'OAUTH2':
        return this.#granted(target, request.connectionId, credential, performance.now());
      case 'JWT_BEARER':
        return this.#exchanged(target, request, credential);
      case 'KEY_PAIR': {
        const hostKey = await this.pinned.find(target, request, allowedOrigins);
        const usable = await this.usable.of(request, { ...credential, hostKey }, '');
        const described = { ...notRenewed, tokenType: '', signingKeyId: credential.signingKeyId ?? null };
        return { usable, members: (seen) => ({ ...credential, hostKey: seen ?? hostKey }), described, ageSeconds: () => 0 };
      }
      case 'BASIC_AUTH': {
        const hostKey = await this.pinned.find(target, request, allowedOrigins);
        const pin = (seen: string | null) => (seen === null ? credential : { ...credential, hostKey: seen });
        return { usable: pin(hostKey), members: (seen) => pin(seen ?? hostKey), described: { ...notRenewed, tokenType: 'Basic' }, ageSeconds: () => 0 };
      }
      default:
        return { usable: credential, members: () => credential, described: { ...notRenewed, tokenType: '' }, ageSeconds: () => 0 };
    }
  }

  #granted(target: Target, connectionId: string, credential: Value<'OAUTH2'>, receivedAt: number): Offered {
    const { accessToken, refreshToken, tokenType, scopes, oauthAppId, expiresInSeconds } = credential;
    const refreshable = renewalGrant(target.connector, credential) !== null;
    const ofClient = credential.grantType === 'client_credentials' ? { grantType: credential.grantType } : {};
    const schedule = scheduleOf({ expiresInSeconds, refreshable, id: connectionId }, this.policy);
    return {
      usable: { type: 'OAUTH2', accessToken, tokenType },
      members: () => ({ type: 'OAUTH2', accessToken, refreshToken, ...ofClient }),
      described: { oauthAppId, tokenType, scopes, refreshable, schedule, refreshExpiresInSeconds: refreshable ? refreshLifeOf(credential) : null, signingKeyId: null },
      ageSeconds: () => (Math.min(credential.ageMs, longestAgeMs) + performance.now() - receivedAt) / 1_000,
    };
  }

  async #exchanged(target: Target, request: PutRequest, credential: Value<'JWT_BEARER'>): Promise<Offered> {
    const { accessToken, tokenType, scopes, expiresInSeconds, ageMs } = await this.#exchange(target, await this.#sign(target, request, credential));
    const receivedAt = performance.now();
    const schedule = scheduleOf({ expiresInSeconds, refreshable: true, id: request.connectionId }, this.policy);
    return {
      usable: { type: 'JWT_BEARER', accessToken, tokenType },
      members: () => ({ ...credential, accessToken }),
      described: { oauthAppId: null, tokenType, scopes: scopes ?? [], refreshable: true, schedule, refreshExpiresInSeconds: null, signingKeyId: credential.signingKeyId ?? null },
      ageSeconds: () => (ageMs + performance.now() - receivedAt) / 1_000,
    };
  }

  async #sign(target: Target, request: PutRequest, credential: Value<'JWT_BEARER'>): Promise<AssertionGrant> {
    try {
      return await this.assertions.make(target, request, credential);
    } catch (error) {
      if (error instanceof ProviderError || error instanceof PrivateKeyError) throw invalidConnection(target.connector.id, `${sentence(error.message)}.`);
      throw error;
    }
  }

  async #exchange(target: Target, grant: AssertionGrant): Promise<GrantedTokens> {
    const timeoutMs = Math.min(this.context.config.refreshHttpDeadlineMs, longestExchangeMs);
    const outcome = await requestToken({ ...target, egress: this.egress, app: null, grant, timeoutMs });
    if (outcome.kind === 'granted') return outcome;
    if (outcome.class === 'transient') throw providerSilent(target, outcome.message, outcome.retryAfterMs);
    throw invalidConnection(target.connector.id, `${sentence(outcome.message)}. Check the key, what is registered of it at the provider, and the fields, and connect again.`, {
      providerStatus: outcome.status,
      providerError: outcome.error,
    });
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
