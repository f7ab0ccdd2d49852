import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf, type UsableCredential } from '@trunkline/contracts';
import { judge, standsInTheWay, type Credential } from '../credential/credential.js';
import { connectionNotFound } from '../credential/credential-errors.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { FindCredential } from '../credential/find-credential.js';
import { RefreshCredential } from '../refresh/refresh-credential.js';
import { HandOut, notRenewed } from './hand-out.js';
import { OpenUsable } from './open-usable.js';
import { patience } from './patience.js';

/** For a worker that reads on behalf of a connection: a token, and what is needed to make requests with it. */
@Injectable()
export class LeaseToken {
  constructor(
    @Inject(FindCredential) private readonly find: FindCredential,
    @Inject(HandOut) private readonly handOut: HandOut,
    @Inject(RefreshCredential) private readonly refresh: RefreshCredential,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(OpenUsable) private readonly usable: OpenUsable,
  ) {}

  async lease({ connectionId, projectId, rejectedTokenDigest }: RequestOf<typeof credentials.lease>): Promise<ReplyOf<typeof credentials.lease>> {
    const deadline = patience(credentials.lease);
    const found = await this.find.usableBy(projectId, connectionId);
    if (found === undefined) throw connectionNotFound(connectionId);
    const { credential, usable } = await this.fresh(found, rejectedTokenDigest?.toLowerCase(), deadline);
    return {
      connector: credential.connector,
      inputs: { ...credential.inputs },
      credential: usable,
      expiresAt: credential.expiresAt?.toISOString() ?? null,
      allowedOrigins: [...credential.allowedOrigins],
      ...(found.accountId !== null && { accountKey: accountKeyOf(credential, found.accountId) }),
    };
  }

  /** What requests are made with, for a connection that was found: another token than the rejected one, if one was. */
  async fresh(found: Credential, rejectedTokenDigest: string | undefined, deadline: number): Promise<{ credential: Credential; usable: UsableCredential }> {
    const replaced = rejectedTokenDigest === undefined ? found : await this.#replaced(found, rejectedTokenDigest, deadline);
    const { credential } = await this.handOut.usable(replaced, 0, deadline);
    return { credential, usable: await this.usable.open(credential) };
  }

  /**
   * One refresh for each token value a provider rejected (CORRECTNESS H5). A value that is not the current one any more, or was renewed
   * on this account before, costs nothing.
   */
  async #replaced(credential: Credential, tokenDigest: string, deadline: number): Promise<Credential> {
    if (!credential.refreshable || credential.suspectTokenDigest === tokenDigest || judge(credential, 0).kind === 'refuse') return credential;
    if ((await this.seal.accessTokenDigest(credential)) !== tokenDigest) return credential;
    const obstacle = standsInTheWay(credential);
    // The stored token is known to be of no use: in a cooldown the worker waits for the next try instead of being given it again.
    if (obstacle !== null) throw notRenewed(credential, { credential, attempt: null, late: false });
    const renewal = await this.refresh.renew(credential.connectionId, { kind: 'rejected', tokenDigest }, deadline);
    if (renewal.credential === undefined) throw connectionNotFound(credential.connectionId);
    const unchanged = renewal.credential.version === credential.version && renewal.credential.suspectTokenDigest !== tokenDigest;
    if (unchanged) throw notRenewed(renewal.credential, renewal);
    return renewal.credential;
  }
}

/** Providers count calls per OAuth app and account: two connections with the same ones share what may be spent. */
const accountKeyOf = ({ oauthAppId }: Credential, accountId: string): string => createHash('sha256').update(JSON.stringify([oauthAppId, accountId])).digest('hex');
