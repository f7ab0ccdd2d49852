import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { credentialStored } from '@trunkline/contracts';
import { Outbox, tellAudit } from '@trunkline/persistence';
import { ownedLive } from '../signing-key/signing-key.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { keeper } from './audited-keeper.js';
import { applyConfiguration, lockConnection, takeEarlyConfiguration } from './configuration.js';
import { dropOtherTokens, storeSecond, type FurtherTokens } from './store-second.js';
import { writeCredential, type NewCredential } from './write-credential.js';

export type Stored =
  | { readonly kind: 'stored'; readonly version: number; readonly expiresAt: Date | null }
  /** The connection was deleted, or the id belongs to another tenant. */
  | { readonly kind: 'gone' }
  /** The signing key it names is there no more. */
  | { readonly kind: 'no_key' }
  /** The connection belongs to another account, and that may not change. Nothing was replaced. */
  | { readonly kind: 'other_account'; readonly expected: NewCredential['account'] };

const whose = `
  SELECT account_id AS id, account_name AS name FROM tokens.credential
  WHERE connection_id = $1 AND deleted_at IS NULL AND platform_id = $2 AND project_id IS NOT DISTINCT FROM $3`;

/** Writes a credential and tells it, in one transaction: the former one is destroyed by its commit and not before. */
@Injectable()
export class StoreCredential {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #revocations: RevocationQueue;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox, @Inject(RevocationQueue) revocations: RevocationQueue) {
    this.#database = database;
    this.#outbox = outbox;
    this.#revocations = revocations;
  }

  /** A further token that the former consent gave and this one did not is nobody's any more, and ends. */
  store(value: NewCredential, further: FurtherTokens): Promise<Stored> {
    return this.#database.transaction(async (tx) => {
      await lockConnection(tx, value.connectionId);
      if (value.signingKeyId !== null && !(await this.#holdKey(tx, value))) return { kind: 'no_key' };
      const row = await writeCredential(tx, value);
      if (row === undefined) return this.#whyNot(tx, value);
      const early = await takeEarlyConfiguration(tx, value.connectionId);
      if (early !== undefined) await applyConfiguration(tx, early);
      await dropOtherTokens(tx, value.connectionId, further, this.#revocations);
      if (further.second !== null) await storeSecond(tx, value, further.second);
      await this.#tell(tx, value, row.version);
      return { kind: 'stored', ...row };
    });
  }

  /** Until the commit nobody deletes the key, and afterwards this credential is counted. */
  async #holdKey(tx: EntityManager, { signingKeyId, platformId, projectId }: NewCredential): Promise<boolean> {
    const found = (await tx.query(`SELECT id FROM tokens.signing_key WHERE id = $1 AND ${ownedLive} FOR SHARE`, [signingKeyId, platformId, projectId])) as unknown[];
    return found.length > 0;
  }

  async #whyNot(tx: EntityManager, { connectionId, platformId, projectId }: NewCredential): Promise<Stored> {
    const [expected] = (await tx.query(whose, [connectionId, platformId, projectId])) as NewCredential['account'][];
    return expected === undefined ? { kind: 'gone' } : { kind: 'other_account', expected };
  }

  async #tell(tx: EntityManager, value: NewCredential, credentialVersion: number): Promise<void> {
    const { connectionId, platformId, projectId, connector, account, connectionType, inputs, scopes } = value;
    const fact = { connectionId, platformId, projectId, connector, credentialVersion, account, type: connectionType, inputs: { ...inputs }, scopes: [...scopes] };
    await this.#outbox.addEvent(tx, credentialStored, fact, connectionId);
    await tellAudit(this.#outbox, tx, {
      who: keeper,
      tenant: { platformId, projectId },
      action: credentialVersion === 1 ? 'credential.stored' : 'credential.replaced',
      target: { type: 'app_connection', id: connectionId },
      details: { connector, type: connectionType, version: credentialVersion },
    });
  }
}
