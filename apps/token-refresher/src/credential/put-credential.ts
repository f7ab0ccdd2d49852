import { Inject, Injectable } from '@nestjs/common';
import { authMethodsOf, checkInputs, isOfferedTo } from '@trunkline/catalog';
import { ProviderError, verifyCredential, type Target, type VerifyOutcome } from '@trunkline/connector-kit';
import type { credentials, ReplyOf, RequestOf, UsableCredential } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { AppError, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { originsFor } from '../provider/allowed-origins.js';
import { Connectors } from '../provider/connectors.js';
import { EGRESS } from '../provider/egress.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { expires } from './credential.js';
import { CredentialSeal } from './credential-seal.js';
import { connectionNotFound, otherAccount } from './credential-errors.js';
import { NoteRefusal } from './note-refusal.js';
import { longestExchangeMs, OfferedCredential } from './offered-credential.js';
import { invalidConnection, providerSilent } from './put-errors.js';
import { OfferedSecond } from './offered-second.js';
import { StoreCredential } from './store-credential.js';
import type { NewSecond } from './store-second.js';
import { secondTokenId } from './token-id.js';
import type { NewCredential } from './write-credential.js';

type PutRequest = RequestOf<typeof credentials.put>;

/** Verifies a credential at the provider, then stores it in place of the former one. What does not work never replaces what does. */
@Injectable()
export class PutCredential {
  constructor(
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(StoreCredential) private readonly store: StoreCredential,
    @Inject(RevocationQueue) private readonly revocations: RevocationQueue,
    @Inject(NoteRefusal) private readonly refusals: NoteRefusal,
    @Inject(OfferedCredential) private readonly offers: OfferedCredential,
    @Inject(OfferedSecond) private readonly seconds: OfferedSecond,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /**
   * @throws AppError INVALID_APP_CONNECTION, PROVIDER_UNAVAILABLE; ENTITY_NOT_FOUND if the connection was deleted meanwhile; CONFLICT if it
   *   belongs to another account and that may not change
   */
  async put(request: PutRequest): Promise<ReplyOf<typeof credentials.put>> {
    try {
      return await this.#put(request);
    } catch (error) {
      if (error instanceof AppError && !error.retryable) await this.refusals.note(request, error.code);
      throw error;
    }
  }

  async #put(request: PutRequest): Promise<ReplyOf<typeof credentials.put>> {
    await this.connectors.ready(request.connector);
    const target = this.#target(request);
    const allowedOrigins = boundOrigins(target);
    const offered = await this.offers.of(target, request, allowedOrigins);
    const { account, hostKey } = await this.#verify(target, offered.usable);

    const sealed = await this.seal.seal(request, offered.members(hostKey));
    const value: NewCredential = {
      ...request,
      ...offered.described,
      tokenName: null,
      type: request.credential.type,
      connectionType: request.type,
      sealed,
      allowedOrigins,
      account,
      ageSeconds: offered.ageSeconds(),
    };
    const second = await this.seconds.of(target, request);
    const stored = await this.store.store(value, { second, endAlone: target.connector.auth.OAUTH2?.revocation?.ends !== 'grant' });
    if (stored.kind === 'no_key') throw invalidConnection(request.connector, 'The signing key was deleted just now. Connect with another one.');
    if (stored.kind === 'gone') return this.#refuse(value, second);
    if (stored.kind === 'other_account') throw otherAccount(target, request, stored.expected, account);
    return { credentialVersion: stored.version, account, expiresAt: stored.expiresAt?.toISOString() ?? null, scopes: [...value.scopes] };
  }

  #target({ connector: id, credential, inputs, platformId, projectId }: PutRequest): Target {
    const target = this.connectors.target(id, inputs);
    if (target === undefined || !isOfferedTo(target.connector, { platformId, projectId })) throw invalidConnection(id, `There is no connector "${id}" in the catalog.`);
    const methods = authMethodsOf(target.connector);
    if (!methods.includes(credential.type)) {
      throw invalidConnection(id, `${target.connector.name} does not connect by ${credential.type}; it takes ${methods.join(', ')}.`, { authMethods: methods });
    }
    const problems = checkInputs(target.connector, inputs, { whole: true });
    if (problems.length > 0) throw invalidConnection(id, `${problems.map(({ message }) => message).join('; ')}.`, { inputs: problems });
    return target;
  }

  async #verify(target: Target, credential: UsableCredential): Promise<Extract<VerifyOutcome, { kind: 'verified' }>> {
    const { id, name } = target.connector;
    const { refreshHttpDeadlineMs } = this.context.config;
    const timeoutMs = credential.type === 'JWT_BEARER' ? Math.min(refreshHttpDeadlineMs, longestExchangeMs) : refreshHttpDeadlineMs;
    const outcome = await verifyCredential({ ...target, egress: this.egress, credential, timeoutMs });
    switch (outcome.kind) {
      case 'verified':
        return outcome;
      case 'rejected': {
        const answered = outcome.status === null ? '' : ` (it answered ${outcome.status})`;
        throw invalidConnection(id, `${name} did not accept the credential${answered}: ${outcome.message}. ${whatToDo(credential)}`, { providerStatus: outcome.status });
      }
      case 'unavailable':
        throw providerSilent(target, outcome.message, outcome.retryAfterMs);
    }
  }

  /** The connection is gone: a grant that was made for it must not stay alive at the provider with nobody knowing of it. */
  async #refuse(value: NewCredential, second: NewSecond | null): Promise<never> {
    if (expires(value.type)) await this.revocations.add({ ...value, extent: 'grant' });
    if (second !== null) await this.revocations.add({ ...value, connectionId: secondTokenId(value.connectionId, second.name), sealed: second.sealed, extent: 'grant' });
    this.context.logger.warn({ connectionId: value.connectionId, connector: value.connector }, 'a credential came for a connection that is gone; it is revoked');
    throw connectionNotFound(value.connectionId);
  }
}

/** Inputs that come from a person can lead nowhere: that is their mistake, not ours. */
function boundOrigins(target: Target): string[] {
  try {
    return originsFor(target);
  } catch (error) {
    if (error instanceof ProviderError) throw invalidConnection(target.connector.id, `${error.message}.`);
    throw error;
  }
}

const whatToDo = (credential: UsableCredential): string =>
  credential.type === 'OAUTH2' ? 'Connect again and grant the permissions that are asked for.' : 'Check the key, its permissions and the inputs, and enter it again.';
