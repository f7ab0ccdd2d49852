import { Inject, Injectable } from '@nestjs/common';
import type { AuthMethodName, Secret, SigningKeyAlgorithm } from '@trunkline/contracts';
import { Sql, type Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { isSshAlgorithm, ownedLive, type KeyOwner } from './signing-key.js';
import { SigningKeySeal } from './signing-key-seal.js';

/** The members of a credential that say which key is meant. */
export interface KeyMembers {
  readonly type: Extract<AuthMethodName, 'JWT_BEARER' | 'KEY_PAIR'>;
  readonly privateKey?: Secret;
  readonly signingKeyId?: string;
  readonly passphrase?: Secret;
}

export interface KeyMaterial {
  readonly privateKey: Secret;
  readonly passphrase: Secret | null;
  /** What a signing key was made for; null for a key a person brought along with the credential. */
  readonly algorithm: SigningKeyAlgorithm | null;
}

const sealedKey: Statement = {
  name: 'signing_key_sealed',
  text: `SELECT id, platform_id AS "platformId", project_id AS "projectId", algorithm, sealed_private_key AS sealed FROM tokens.signing_key WHERE id = $1 AND ${ownedLive}`,
};
type SealedRow = KeyOwner & { readonly id: string; readonly algorithm: SigningKeyAlgorithm; readonly sealed: Buffer };

const invalid = (message: string): AppError => new AppError('INVALID_APP_CONNECTION', message);

/** The private key a credential signs or signs in with: its own, or the signing key it names. */
@Injectable()
export class KeyOfCredential {
  readonly #sql: Sql;
  readonly #seal: SigningKeySeal;

  constructor(@Inject(Sql) sql: Sql, @Inject(SigningKeySeal) seal: SigningKeySeal) {
    this.#sql = sql;
    this.#seal = seal;
  }

  /**
   * Only keys of the credential's own owner: a key that signs for a platform must not sign for whoever knows its id.
   * @throws AppError INVALID_APP_CONNECTION if not exactly one key is named, or there is none of that id, or it is for something else
   */
  async find(owner: KeyOwner, { type, privateKey, passphrase, signingKeyId }: KeyMembers): Promise<KeyMaterial> {
    if ((privateKey === undefined) === (signingKeyId === undefined)) throw invalid('Give either a private key or the id of a signing key, and not both.');
    if (privateKey !== undefined) return { privateKey, passphrase: passphrase ?? null, algorithm: null };
    if (passphrase !== undefined) throw invalid('A signing key has no passphrase; leave the passphrase out.');
    const row = await this.#sql.first<SealedRow>(sealedKey, [signingKeyId, owner.platformId, owner.projectId]);
    if (row === undefined) throw invalid(`There is no signing key "${signingKeyId}". Create one, or give its private key.`);
    const forSsh = type === 'KEY_PAIR';
    if (isSshAlgorithm(row.algorithm) !== forSsh) throw invalid(`The signing key "${signingKeyId}" is for ${row.algorithm}; ${forSsh ? 'SSH needs ssh-ed25519 or ssh-rsa' : 'assertions need RS256, PS256, ES256 or EdDSA'}.`);
    return { privateKey: await this.#seal.open(row), passphrase: null, algorithm: row.algorithm };
  }
}
