import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import { applyConfiguration, keepEarlyConfiguration, lockConnection, type Configuration } from './configuration.js';

/**
 * Who may use a connection, and whether anybody may: what the registry decides and the keeper must obey. It may come before the
 * credential does (a connection disabled while its owner is at the consent page): then it is kept until there is one.
 */
@Injectable()
export class ConfigureCredential {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** @returns whether it counts from now on: not if a newer one is known, or the connection was deleted */
  configure(request: RequestOf<typeof credentials.configure>): Promise<ReplyOf<typeof credentials.configure>> {
    return this.#database.transaction(async (tx) => ({ configured: await this.configureIn(tx, request) }));
  }

  async configureIn(tx: EntityManager, configuration: Configuration): Promise<boolean> {
    await lockConnection(tx, configuration.connectionId);
    if (await applyConfiguration(tx, configuration)) return true;
    const known = (await tx.query('SELECT 1 FROM tokens.credential WHERE connection_id = $1', [configuration.connectionId])) as unknown[];
    // Older than what is known, or deleted; either way it changes nothing.
    if (known.length > 0) return false;
    return keepEarlyConfiguration(tx, configuration);
  }
}
