import { Inject, Injectable } from '@nestjs/common';
import type { Target } from '@trunkline/connector-kit';
import { CredentialSeal } from './credential-seal.js';
import { FindCredential } from './find-credential.js';

/**
 * The host key a connection's server showed before. Whoever connects the same server again, with another key or password, must not get
 * another server in its place; for that, a person gives the new fingerprint.
 */
@Injectable()
export class PinnedHostKey {
  readonly #find: FindCredential;
  readonly #seal: CredentialSeal;

  constructor(@Inject(FindCredential) find: FindCredential, @Inject(CredentialSeal) seal: CredentialSeal) {
    this.#find = find;
    this.#seal = seal;
  }

  /** @returns null where nothing is known: no SSH, no former credential, or one of another server */
  async find({ connector }: Target, owner: { connectionId: string; platformId: string; projectId: string | null }, allowedOrigins: readonly string[]): Promise<string | null> {
    if (connector.verification.protocol !== 'sftp') return null;
    const former = await this.#find.anywhere(owner.connectionId);
    if (former === undefined || former.platformId !== owner.platformId || former.projectId !== owner.projectId) return null;
    if (former.connector !== connector.id || former.allowedOrigins.join() !== allowedOrigins.join()) return null;
    const members = await this.#seal.open(former);
    return members.type === 'KEY_PAIR' || members.type === 'BASIC_AUTH' ? (members.hostKey ?? null) : null;
  }
}
