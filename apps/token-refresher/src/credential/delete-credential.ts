import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuthMethodName, credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import { Connectors } from '../provider/connectors.js';
import { endsOthers, type GrantOwner } from '../revocation/ends-others.js';
import { RevocationQueue, type Revocable } from '../revocation/revocation-queue.js';
import { lockConnection, takeEarlyConfiguration } from './configuration.js';
import { expires } from './credential.js';
import { destroyRow } from './destroy-row.js';
import { lockOtherTokens } from './store-second.js';

/** What never existed leaves a tombstone too: its credential may be on the way. */
const bury = `
  INSERT INTO tokens.credential (connection_id, platform_id, project_id, lease_fence, deleted_at) VALUES ($1, $2, $3, 1, clock_timestamp())
  ON CONFLICT (connection_id) DO NOTHING RETURNING connection_id`;
const lock = `
  SELECT connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, type, inputs, allowed_origins AS "allowedOrigins", oauth_app_id AS "oauthAppId", account_id AS "accountId", sealed
  FROM tokens.credential WHERE connection_id = $1 AND platform_id = $2 AND project_id IS NOT DISTINCT FROM $3 AND deleted_at IS NULL FOR UPDATE`;

/** Whoever else was given a grant by the same client, in whichever project: a connection's own further token is not another's. */
const othersOfApp = `
  SELECT connector, oauth_app_id AS "oauthAppId", account_id AS "accountId" FROM tokens.credential
  WHERE oauth_app_id = $3 AND connector = $2 AND deleted_at IS NULL AND connection_id <> $1 AND base_connection_id IS DISTINCT FROM $1 AND status <> 'broken'`;

interface Deleted extends Revocable {
  readonly type: AuthMethodName;
  readonly accountId: string | null;
}

/**
 * Destroys the sealed secret at once and leaves a tombstone, at which a late refresh or a late grant breaks. Ending the tokens at the
 * provider is a job in the same transaction. Done twice it changes nothing.
 */
@Injectable()
export class DeleteCredential {
  readonly #database: DataSource;
  readonly #revocations: RevocationQueue;
  readonly #connectors: Connectors;

  constructor(@Inject(DataSource) database: DataSource, @Inject(RevocationQueue) revocations: RevocationQueue, @Inject(Connectors) connectors: Connectors) {
    this.#database = database;
    this.#revocations = revocations;
    this.#connectors = connectors;
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
      const [credential] = (await tx.query(lock, [connectionId, platformId, projectId])) as Deleted[];
      if (credential === undefined) return { deleted: false };
      const stays = await this.#sharesItsGrant(tx, credential);
      await destroyRow(tx, connectionId);
      await this.#endAtProvider(tx, credential, stays);
      for (const token of await lockOtherTokens(tx, connectionId)) {
        await destroyRow(tx, token.connectionId);
        // What is told of a deletion is what became of the connection's first token.
        if (!stays) await this.#revocations.addDeleted(tx, token, { announced: false });
      }
      return { deleted: true };
    });
  }

  /** Whether other connections live by the very grant that ending this one would end. Two that go at the same moment look one after the other: the last ends it. */
  async #sharesItsGrant(tx: EntityManager, { connectionId, connector, oauthAppId, accountId }: Deleted): Promise<boolean> {
    const definition = this.#connectors.find(connector);
    if (definition?.auth.OAUTH2?.revocation?.ends !== 'grant' || oauthAppId === null) return false;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`grant ${connector} ${oauthAppId}`]);
    const inUse = (await tx.query(othersOfApp, [connectionId, connector, oauthAppId])) as GrantOwner[];
    return endsOthers(definition, { connector, oauthAppId, accountId }, inUse);
  }

  /** Keys end at the provider only by the person's own hand, and a grant that others use not yet; that is said, not passed over. */
  async #endAtProvider(tx: EntityManager, credential: Deleted, stays: boolean): Promise<void> {
    if (expires(credential.type) && !stays) await this.#revocations.addDeleted(tx, credential);
    else await this.#revocations.announce(tx, credential, 'unsupported');
  }
}
