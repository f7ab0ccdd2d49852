import { Inject, Injectable } from '@nestjs/common';
import type { Target } from '@trunkline/connector-kit';
import type { credentials, RequestOf } from '@trunkline/contracts';
import { renewalGrant } from '../provider/renewal-grant.js';
import { REFRESH_POLICY } from '../refresh/policy-from-config.js';
import { refreshLifeOf } from '../refresh/refresh-life.js';
import { scheduleOf, type RefreshPolicy } from '../refresh/refresh-policy.js';
import { CredentialSeal } from './credential-seal.js';
import type { NewSecond } from './store-second.js';
import { secondTokenId } from './token-id.js';

/** The further token of a consent, if one came, ready to be stored. It is not verified by itself: the provider gave it with the first. */
@Injectable()
export class OfferedSecond {
  readonly #seal: CredentialSeal;
  readonly #policy: RefreshPolicy;

  constructor(@Inject(CredentialSeal) seal: CredentialSeal, @Inject(REFRESH_POLICY) policy: RefreshPolicy) {
    this.#seal = seal;
    this.#policy = policy;
  }

  async of({ connector }: Target, { credential, ...request }: RequestOf<typeof credentials.put>): Promise<NewSecond | null> {
    if (credential.type !== 'OAUTH2' || credential.second === null) return null;
    const { name, accessToken, refreshToken, tokenType, scopes, expiresInSeconds } = credential.second;
    const connectionId = secondTokenId(request.connectionId, name);
    // Where the client asks for a token in its own name, it gets the first again and never this one.
    const refreshable = refreshToken !== null && renewalGrant(connector, { refreshToken }) !== null;
    return {
      name,
      sealed: await this.#seal.seal({ ...request, connectionId }, { type: 'OAUTH2', accessToken, refreshToken }),
      tokenType,
      scopes,
      refreshable,
      schedule: scheduleOf({ expiresInSeconds, refreshable, id: connectionId }, this.#policy),
      refreshExpiresInSeconds: refreshable ? refreshLifeOf(credential.second) : null,
    };
  }
}
