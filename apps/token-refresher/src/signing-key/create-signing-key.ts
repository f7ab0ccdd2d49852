import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId, type ReplyOf, type RequestOf, type signingKeys } from '@trunkline/contracts';
import { asTenant, Outbox, tellAudit } from '@trunkline/persistence';
import { requireScope } from '../resolve/require-scope.js';
import { generatedKey, uploadedKey } from './key-pair.js';
import { publicHalf } from './public-half.js';
import { ownerOf, signingKeyColumns, toSigningKey, type SigningKeyRow } from './signing-key.js';
import { SigningKeySeal } from './signing-key-seal.js';

const insert = `
  INSERT INTO tokens.signing_key (id, platform_id, project_id, display_name, algorithm, public_key_pem, public_jwk, ssh_public_key, certificate_pem, fingerprint, sealed_private_key)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${signingKeyColumns}`;

/** Makes or takes a key pair. Asked twice it makes two keys, which harms nothing: neither is used until a connection names it. */
@Injectable()
export class CreateSigningKey {
  readonly #database: DataSource;
  readonly #seal: SigningKeySeal;
  readonly #outbox: Outbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(SigningKeySeal) seal: SigningKeySeal, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#seal = seal;
    this.#outbox = outbox;
  }

  /** @throws AppError AUTHORIZATION; VALIDATION for an uploaded key that cannot be used */
  async create({ principal, signingKey }: RequestOf<typeof signingKeys.create>): Promise<ReplyOf<typeof signingKeys.create>> {
    requireScope(principal, 'connections:write');
    const owner = ownerOf(principal);
    const { displayName, algorithm } = signingKey;
    const id = newId('signingKey');
    const key = signingKey.privateKey === undefined ? await generatedKey(algorithm) : uploadedKey(algorithm, signingKey.privateKey);
    const sealed = await this.#seal.seal({ ...owner, id }, key);
    const { publicKeyPem, publicJwk, sshPublicKey, certificatePem, fingerprint } = await publicHalf(id, algorithm, key);
    const values = [id, owner.platformId, owner.projectId, displayName, algorithm, publicKeyPem, publicJwk, sshPublicKey, certificatePem, fingerprint, sealed];
    return asTenant(this.#database, owner, async (tx) => {
      const [row] = (await tx.query(insert, values)) as [SigningKeyRow];
      const details = { algorithm, origin: signingKey.privateKey === undefined ? 'generated' : 'uploaded' };
      await tellAudit(this.#outbox, tx, { who: principal, tenant: owner, action: 'signing_key.created', target: { type: 'signing_key', id }, details });
      return toSigningKey(row);
    });
  }
}
