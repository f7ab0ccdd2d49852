import type { KeyObject } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import type { SealContext, Vault } from '@trunkline/vault';
import type { KeyOwner } from './signing-key.js';

/** What a sealed private key is bound to. */
export interface KeySealedFor extends KeyOwner {
  readonly id: string;
}

/** Creating, using and rotating must agree. */
export const keySealContextOf = ({ platformId, projectId, id }: KeySealedFor): SealContext => ({ tenant: projectId ?? platformId, subject: id, field: 'private_key' });

/** Seals private keys, as PKCS#8, for their owner and their id: a row copied to another one's place does not open there. */
export class SigningKeySeal {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  async seal(owner: KeySealedFor, privateKey: KeyObject): Promise<Buffer> {
    const plain = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 'utf8');
    try {
      return Buffer.from(await this.#vault.seal(keySealContextOf(owner), plain));
    } finally {
      plain.fill(0);
    }
  }

  /** @throws VaultError if the bytes were changed, moved here from another row, or their key is not there */
  async open(stored: KeySealedFor & { readonly sealed: Buffer }): Promise<Secret> {
    return new Secret(await this.#vault.openText(keySealContextOf(stored), stored.sealed));
  }
}
