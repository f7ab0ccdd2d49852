import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuthMethodName, credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import { RevocationQueue, type Revocable } from '../revocation/revocation-queue.js';
import { lockConnection, takeEarlyConfiguration } from './configuration.js';
import { expires } from './credential.js';
import { updated } from './updated-rows.js';

/** What never existed leaves a tombstone too: its credential may be on the way. */
const bury = `
  INSERT INTO tokens.credential (connection_id, platform_id, project_id, lease_fence, deleted_at) VALUES ($1, $2, $3, 1, clock_timestamp())
  ON CONFLICT (connection_id) DO NOTHING RETURNING connection_id`;
const lock = `
  SELECT connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, type, inputs, allowed_origins AS "allowedOrigins", oauth_app_id AS "oauthAppId", sealed
  FROM tokens.credential WHERE connection_id = $1 AND platform_id = $2 AND project_id IS NOT DISTINCT FROM $3 AND deleted_at IS NULL FOR UPDATE`;
const destroy = `
  UPDATE tokens.credential SET sealed = NULL, deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
    lease_fence = lease_fence + 1, lease_owner = NULL, lease_until = NULL, intent_id = NULL, intent_token_digest = NULL, intent_at = NULL,
    refused_token_digest = NULL, suspect_token_digest = NULL, refresh_due_at = NULL, account_id = NULL, account_name = NULL
  WHERE connection_id = $1 RETURNING connection_id`;

/**
 * Destroys the sealed secret at once and leaves a tombstone, at which a late refresh or a late grant breaks. Ending the tokens at the
 * provider is a job in the same transaction. Done twice it changes nothing.
 */
@Injectable()
export class DeleteCredential {
  readonly #database: DataSource;
  readonly #revocations: RevocationQueue;

  constructor(@Inject(DataSource) database: DataSource, @Inject(RevocationQueue) revocations: RevocationQueue) {
    this.#database = database;
    this.#revocations = revocations;
  }

  /** @returns whether this call destroyed a secret */
  delete({ connectionId, platformId, projectId }: RequestOf<typeof credentials.delete>): Promise<ReplyOf<typeof credentials.delete>> {
    return this.#database.transaction(async (tx) => {
      await lockConnection(tx, connectionId);
      const buried = (await tx.query(bury, [connectionId, platformId, projectId])) as unknown[];
      if (buried.length > 0) {
        await takeEarlyConfiguration(tx, connectionId);
        return { deleted: false };
      }
      const [credential] = (await tx.query(lock, [connectionId, platformId, projectId])) as (Revocable & { type: AuthMethodName })[];
      if (credential === undefined) return { deleted: false };
      await updated(tx, destroy, [connectionId]);
      await this.#endAtProvider(tx, credential);
      return { deleted: true };
    });
  }

  /** Keys end at the provider only by the person's own hand; that is said, not passed over. */
  async #endAtProvider(tx: EntityManager, credential: Revocable & { type: AuthMethodName }): Promise<void> {
    if (expires(credential.type)) await this.#revocations.addDeleted(tx, credential);
    else await this.#revocations.announce(tx, credential, 'unsupported');
  }
}
