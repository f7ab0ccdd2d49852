import { Inject, Injectable } from '@nestjs/common';
import { authMethodsOf, checkInputs } from '@trunkline/catalog';
import { ProviderError, verifyCredential, type Target } from '@trunkline/connector-kit';
import type { CredentialValue, credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { AppError, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { originsFor } from '../provider/allowed-origins.js';
import { Connectors } from '../provider/connectors.js';
import { EGRESS } from '../provider/egress.js';
import { renewalGrant } from '../provider/renewal-grant.js';
import { REFRESH_POLICY } from '../refresh/policy-from-config.js';
import { scheduleOf, type RefreshPolicy } from '../refresh/refresh-policy.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { CredentialSeal } from './credential-seal.js';
import { connectionNotFound } from './credential-errors.js';
import { StoreCredential, type NewCredential } from './store-credential.js';
import type { SecretMembers } from './secret-members.js';

type PutRequest = RequestOf<typeof credentials.put>;
type Account = NewCredential['account'];

/** Half a round trip; more would be a mistake of the caller's, and age a token that was just issued. */
const longestAgeMs = 60_000;

/** Verifies a credential at the provider, then stores it in place of the former one. What does not work never replaces what does. */
@Injectable()
export class PutCredential {
  constructor(
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(StoreCredential) private readonly store: StoreCredential,
    @Inject(RevocationQueue) private readonly revocations: RevocationQueue,
    @Inject(REFRESH_POLICY) private readonly policy: RefreshPolicy,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /** @throws AppError INVALID_APP_CONNECTION, PROVIDER_UNAVAILABLE; ENTITY_NOT_FOUND if the connection was deleted meanwhile */
  async put(request: PutRequest): Promise<ReplyOf<typeof credentials.put>> {
    const receivedAt = performance.now();
    const target = this.#target(request);
    const allowedOrigins = boundOrigins(target);
    const account = await this.#verify(target, request.credential);

    const members = membersOf(request.credential);
    const sealed = await this.seal.seal(request, members);
    const value: NewCredential = {
      ...request,
      ...this.#described(target, request),
      type: request.credential.type,
      sealed,
      allowedOrigins,
      account,
      ageSeconds: ageOf(request.credential, receivedAt),
    };
    const stored = await this.store.store(value);
    if (stored === undefined) return this.#refuse(value);
    return { credentialVersion: stored.version, account, expiresAt: stored.expiresAt?.toISOString() ?? null };
  }

  #target({ connector: id, credential, inputs }: PutRequest): Target {
    const target = this.connectors.target(id, inputs);
    if (target === undefined) throw invalid(id, `There is no connector "${id}" in the catalog.`);
    const methods = authMethodsOf(target.connector);
    if (!methods.includes(credential.type)) {
      throw invalid(id, `${target.connector.name} does not connect by ${credential.type}; it takes ${methods.join(', ')}.`, { authMethods: methods });
    }
    const problems = checkInputs(target.connector, inputs, { whole: true });
    if (problems.length > 0) throw invalid(id, `${problems.map(({ message }) => message).join('; ')}.`, { inputs: problems });
    return target;
  }

  async #verify(target: Target, credential: CredentialValue): Promise<Account> {
    const { id, name } = target.connector;
    const outcome = await verifyCredential({ ...target, egress: this.egress, credential, timeoutMs: this.context.config.refreshHttpDeadlineMs });
    switch (outcome.kind) {
      case 'verified':
        return outcome.account;
      case 'rejected': {
        const answered = outcome.status === null ? '' : ` (it answered ${outcome.status})`;
        throw invalid(id, `${name} did not accept the credential${answered}: ${outcome.message}. ${whatToDo(credential)}`, { providerStatus: outcome.status });
      }
      case 'unavailable': {
        const retryAfterSeconds = Math.ceil((outcome.retryAfterMs ?? 30_000) / 1_000);
        const message = `${name} could not be asked whether the credential is valid: ${outcome.message}. Nothing was stored; try again in ${retryAfterSeconds} seconds.`;
        throw new AppError('PROVIDER_UNAVAILABLE', message, { params: { connector: id, retryAfterSeconds } });
      }
    }
  }

  #described(target: Target, { connectionId, credential }: PutRequest): Pick<NewCredential, 'oauthAppId' | 'tokenType' | 'scopes' | 'refreshable' | 'schedule'> {
    if (credential.type !== 'OAUTH2') {
      const tokenType = credential.type === 'BASIC_AUTH' ? 'Basic' : '';
      return { oauthAppId: null, tokenType, scopes: [], refreshable: false, schedule: { lifetimeSeconds: null, dueInSeconds: null } };
    }
    const refreshable = renewalGrant(target.connector, credential.refreshToken) !== null;
    const { oauthAppId, tokenType, scopes, expiresInSeconds } = credential;
    return { oauthAppId, tokenType, scopes, refreshable, schedule: scheduleOf({ expiresInSeconds, refreshable, id: connectionId }, this.policy) };
  }

  /** The connection is gone: a grant that was made for it must not stay alive at the provider with nobody knowing of it. */
  async #refuse(value: NewCredential): Promise<never> {
    if (value.type === 'OAUTH2') await this.revocations.add({ ...value, extent: 'grant' });
    this.context.logger.warn({ connectionId: value.connectionId, connector: value.connector }, 'a credential came for a connection that is gone; it is revoked');
    throw connectionNotFound(value.connectionId);
  }
}

/** Inputs that come from a person can lead nowhere: that is their mistake, not ours. */
function boundOrigins(target: Target): string[] {
  try {
    return originsFor(target);
  } catch (error) {
    if (error instanceof ProviderError) throw invalid(target.connector.id, `${error.message}.`);
    throw error;
  }
}

function membersOf(credential: CredentialValue): SecretMembers {
  if (credential.type !== 'OAUTH2') return credential;
  return { type: 'OAUTH2', accessToken: credential.accessToken, refreshToken: credential.refreshToken };
}

const ageOf = (credential: CredentialValue, receivedAt: number): number =>
  credential.type === 'OAUTH2' ? (Math.min(credential.ageMs, longestAgeMs) + performance.now() - receivedAt) / 1_000 : 0;

const whatToDo = (credential: CredentialValue): string =>
  credential.type === 'OAUTH2' ? 'Connect again and grant the permissions that are asked for.' : 'Check the key, its permissions and the inputs, and enter it again.';

const invalid = (connector: string, message: string, params: Record<string, unknown> = {}): AppError =>
  new AppError('INVALID_APP_CONNECTION', message, { params: { connector, ...params } });
