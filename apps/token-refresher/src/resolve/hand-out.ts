import { Inject, Injectable } from '@nestjs/common';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { judge, judgeAfterRefresh, standsInTheWay, type Credential, type Verdict } from '../credential/credential.js';
import { connectionNotFound, providerUnavailable, refusalError, stillWaiting } from '../credential/credential-errors.js';
import { connectionOf } from '../credential/token-id.js';
import { RefreshCredential, type Renewal } from '../refresh/refresh-credential.js';

/** A credential that may be handed out now. */
export interface Usable {
  readonly credential: Credential;
  readonly warning: string | null;
  /** How it came to be usable, for the metric. */
  readonly outcome: 'fresh' | 'due' | 'refreshed' | 'warned';
}

/** From a stored credential to one that may be handed out: refreshed first or behind where its time has come. */
@Injectable()
export class HandOut {
  constructor(
    @Inject(RefreshCredential) private readonly refresh: RefreshCredential,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /**
   * @param deadline `performance.now()` until which the caller waits
   * @throws AppError as `credentials.resolve` lists them
   */
  async usable(credential: Credential, minimumSeconds: number, deadline: number): Promise<Usable> {
    const verdict = judge(credential, minimumSeconds);
    if (verdict.kind === 'serve') {
      if (verdict.refreshBehind) this.refresh.renewBehind(credential.connectionId);
      return { credential, warning: verdict.warning, outcome: verdict.refreshBehind ? 'due' : verdict.warning === null ? 'fresh' : 'warned' };
    }
    if (verdict.kind === 'refuse') throw refusalError(credential, verdict.refusal);
    return this.#refreshed(credential, minimumSeconds, await this.#renew(credential, verdict, deadline));
  }

  /** Our own trouble with a refresh must not cost the caller a token that still lives. */
  async #renew(credential: Credential, { minimumSeconds }: Extract<Verdict, { kind: 'refresh-first' }>, deadline: number): Promise<Renewal> {
    try {
      return await this.refresh.renew(credential.connectionId, { kind: 'lifetime', minimumSeconds }, deadline);
    } catch (error) {
      if (credential.secondsLeft !== null && credential.secondsLeft <= 0) throw error;
      this.context.logger.error({ error, connectionId: credential.connectionId }, 'a refresh failed on our side; the living token is handed out');
      return { credential, attempt: null, late: false };
    }
  }

  #refreshed({ connectionId }: Credential, minimumSeconds: number, renewal: Renewal): Usable {
    const now = renewal.credential;
    if (now === undefined) throw connectionNotFound(connectionOf(connectionId));
    const verdict = judgeAfterRefresh(now, minimumSeconds);
    if (verdict.kind === 'serve') return { credential: now, warning: verdict.warning, outcome: verdict.warning === null ? 'refreshed' : 'warned' };
    if (verdict.kind === 'refuse') throw notRenewed(now, renewal);
    throw stillWaiting(now);
  }
}

/** Why there is no newer token: in the words of the failure if we met it ourselves, of the cooldown if others did. */
export function notRenewed(credential: Credential, { attempt }: Renewal): Error {
  const obstacle = standsInTheWay(credential);
  if (obstacle === null) return stillWaiting(credential);
  const metByUs = attempt === 'transient' || attempt === 'postponed' || attempt === 'unconfirmed';
  return obstacle.kind === 'cooldown' && metByUs ? providerUnavailable(credential, obstacle.retryAfterSeconds) : refusalError(credential, obstacle);
}
