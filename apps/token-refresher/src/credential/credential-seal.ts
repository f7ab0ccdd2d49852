import { createVault, type DataKeyStore, type MasterKeys, type SealContext, type Vault } from '@trunkline/vault';
import { digestOf, fromPlainBytes, toPlainBytes, type SecretMembers } from './secret-members.js';

/** What a sealed credential is bound to. */
export interface SealedFor {
  readonly projectId: string;
  readonly connectionId: string;
}

const contextOf = ({ projectId, connectionId }: SealedFor): SealContext => ({ tenant: projectId, subject: connectionId, field: 'credential' });

/** Seals a credential for its project and connection: a row copied to another one's place does not open there. */
export class CredentialSeal {
  readonly #vault: Vault;

  constructor(masterKeys: MasterKeys, dataKeys: DataKeyStore) {
    this.#vault = createVault({ masterKeys, dataKeys });
  }

  async seal(owner: SealedFor, members: SecretMembers): Promise<Buffer> {
    const plain = toPlainBytes(members);
    try {
      return Buffer.from(await this.#vault.seal(contextOf(owner), plain));
    } finally {
      plain.fill(0);
    }
  }

  /** @throws VaultError if the bytes were changed, moved here from another row, or their key is not there */
  async open(stored: SealedFor & { readonly sealed: Buffer }): Promise<SecretMembers> {
    const plain = await this.#vault.open(contextOf(stored), stored.sealed);
    try {
      return fromPlainBytes(plain);
    } finally {
      plain.fill(0);
    }
  }

  /** SHA-256 (hex) of the access token; null for credentials that have none. */
  async accessTokenDigest(stored: SealedFor & { readonly sealed: Buffer }): Promise<string | null> {
    const members = await this.open(stored);
    return members.type === 'OAUTH2' ? digestOf(members.accessToken.reveal()) : null;
  }
}
