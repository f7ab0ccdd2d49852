import type { SealContext, Vault } from '@trunkline/vault';
import { digestOf, fromPlainBytes, hasAccessToken, toPlainBytes, type SecretMembers } from './secret-members.js';

/** What a sealed credential is bound to. */
export interface SealedFor {
  readonly platformId: string;
  /** Null: a connection of the platform, sealed with the platform's data key. */
  readonly projectId: string | null;
  readonly connectionId: string;
}

/** The one place that says what a row's secret is bound to: resolving, refreshing and rotating must agree. */
export const sealContextOf = ({ platformId, projectId, connectionId }: SealedFor): SealContext => ({
  tenant: projectId ?? platformId,
  subject: connectionId,
  field: 'credential',
});

/** Seals a credential for its home tenant and connection: a row copied to another one's place does not open there. */
export class CredentialSeal {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  seal(owner: SealedFor, members: SecretMembers): Promise<Buffer> {
    return this.#sealed(members, (plain) => this.#vault.seal(sealContextOf(owner), plain));
  }

  /** With the key of what is stored, which was opened before: the database need not be there. To be sealed anew when it is. */
  sealToKeep(stored: SealedFor & { readonly sealed: Buffer }, members: SecretMembers): Promise<Buffer> {
    return this.#sealed(members, (plain) => this.#vault.sealLike(sealContextOf(stored), plain, stored.sealed));
  }

  async #sealed(members: SecretMembers, seal: (plain: Uint8Array) => Promise<Uint8Array>): Promise<Buffer> {
    const plain = toPlainBytes(members);
    try {
      return Buffer.from(await seal(plain));
    } finally {
      plain.fill(0);
    }
  }

  /** @throws VaultError if the bytes were changed, moved here from another row, or their key is not there */
  async open(stored: SealedFor & { readonly sealed: Buffer }): Promise<SecretMembers> {
    const plain = await this.#vault.open(sealContextOf(stored), stored.sealed);
    try {
      return fromPlainBytes(plain);
    } finally {
      plain.fill(0);
    }
  }

  /** SHA-256 (hex) of the access token; null for credentials that have none. */
  async accessTokenDigest(stored: SealedFor & { readonly sealed: Buffer }): Promise<string | null> {
    const members = await this.open(stored);
    return hasAccessToken(members) ? digestOf(members.accessToken.reveal()) : null;
  }
}
