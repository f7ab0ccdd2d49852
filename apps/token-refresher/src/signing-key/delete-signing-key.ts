import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ReplyOf, RequestOf, signingKeys } from '@trunkline/contracts';
import { asTenant, Outbox, tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { updated } from '../credential/updated-rows.js';
import { requireScope } from '../resolve/require-scope.js';
import { ownedLive, ownerOf, signingKeyColumns, toSigningKey, type SigningKeyRow } from './signing-key.js';

/** Storing a credential shares this lock: a connection that is being made with the key is either counted or refused. */
const lock = `SELECT id FROM tokens.signing_key WHERE id = $1 AND ${ownedLive} FOR UPDATE`;
const count = `SELECT count(*)::int AS users FROM tokens.credential WHERE signing_key_id = $1 AND deleted_at IS NULL`;
const destroy = `
  UPDATE tokens.signing_key SET sealed_private_key = NULL, revoked_at = clock_timestamp() WHERE id = $1 RETURNING ${signingKeyColumns}`;

/** Destroys a private half for good. Done twice, the second finds nothing. */
@Injectable()
export class DeleteSigningKey {
  readonly #database: DataSource;

  readonly #outbox: Outbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  /** @throws AppError ENTITY_NOT_FOUND; VALIDATION while credentials use it */
  delete({ principal, id }: RequestOf<typeof signingKeys.delete>): Promise<ReplyOf<typeof signingKeys.delete>> {
    requireScope(principal, 'connections:write');
    const { platformId, projectId } = ownerOf(principal);
    return asTenant(this.#database, principal, async (tx) => {
      const found = (await tx.query(lock, [id, platformId, projectId])) as unknown[];
      if (found.length === 0) throw AppError.notFound('signing_key', id);
      const [{ users }] = (await tx.query(count, [id])) as [{ users: number }];
      if (users > 0) {
        const connections = users === 1 ? 'One connection signs' : `${users} connections sign`;
        throw new AppError('VALIDATION', `${connections} with this key. Connect with another key or disconnect first, then delete it.`, { params: { connections: users } });
      }
      const [row] = await updated<SigningKeyRow>(tx, destroy, [id]);
      await tellAudit(this.#outbox, tx, { who: principal, tenant: { platformId, projectId }, action: 'signing_key.deleted', target: { type: 'signing_key', id } });
      return toSigningKey(row!);
    });
  }
}
