import { Inject, Injectable } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { standsInTheWay, type Credential } from '../credential/credential.js';
import { connectionNotFound, refusalError } from '../credential/credential-errors.js';
import { ChooseCredential } from '../resolve/choose-credential.js';
import { notRenewed } from '../resolve/hand-out.js';
import { patience } from '../resolve/patience.js';
import { requireScope } from '../resolve/require-scope.js';
import { isMet, type Demand } from './demand.js';
import { RefreshCredential } from './refresh-credential.js';

/** A person asks for a refresh. Many at once share one request, and one that is stored after the question counts as the answer. */
@Injectable()
export class RefreshNow {
  readonly #choose: ChooseCredential;
  readonly #refresh: RefreshCredential;

  constructor(@Inject(ChooseCredential) choose: ChooseCredential, @Inject(RefreshCredential) refresh: RefreshCredential) {
    this.#choose = choose;
    this.#refresh = refresh;
  }

  async refresh({ principal, ...wanted }: RequestOf<typeof credentials.refresh>): Promise<ReplyOf<typeof credentials.refresh>> {
    const askedAt = performance.now();
    const deadline = patience(credentials.refresh);
    requireScope(principal, 'connections:write', 'tokens:resolve');
    const credential = await this.#choose.choose(principal, wanted);
    const obstacle = standsInTheWay(credential);
    if (obstacle !== null) throw refusalError(credential, obstacle);
    if (!credential.refreshable) throw nothingToRefresh(credential);

    const demand: Demand = { kind: 'now', askedAt, version: credential.version };
    const renewal = await this.#refresh.renew(credential.connectionId, demand, deadline);
    if (renewal.credential === undefined) throw connectionNotFound(credential.connectionId);
    if (!(await isMet(demand, renewal.credential, () => Promise.resolve(null)))) throw notRenewed(renewal.credential, renewal);
    return {
      connectionId: credential.connectionId,
      connector: credential.connector,
      refreshed: true,
      expiresAt: renewal.credential.expiresAt?.toISOString() ?? null,
    };
  }
}

const nothingToRefresh = ({ type, connectionId, connector }: Credential): AppError =>
  new AppError(
    'INVALID_APP_CONNECTION',
    type === 'OAUTH2'
      ? `${connector} gave no way to renew this connection's token. Connect again when it has expired.`
      : `This connection was made with a key, which does not expire and is not refreshed. To change the key, connect ${connector} again.`,
    { params: { connectionId, connector } },
  );
