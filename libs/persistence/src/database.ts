import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import type { DatabaseConfig, Logger } from '@trunkline/service';
import { InboxRow } from './inbox/inbox.entity.js';
import { isOutage } from '@trunkline/messaging';
import { migrate } from './migrate.js';
import { OutboxRow } from './outbox/outbox.entity.js';

type EntityClass = new () => object;
type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  /** The Postgres schema this service owns. No other service writes to it. */
  readonly schema: string;
  readonly entities: readonly (EntityClass | EntitySchema)[];
  /** In order; each runs once, in a transaction of its own. */
  readonly migrations: readonly MigrationClass[];
}

const firstConnectPatienceMs = 60_000;

export function createDataSource(service: string, config: DatabaseConfig, options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: config.databaseUrl.reveal(),
    schema: options.schema,
    applicationName: `trunkline-${service}`,
    entities: [OutboxRow, InboxRow, ...options.entities],
    migrations: [...options.migrations],
    migrationsTableName: 'migration',
    synchronize: false,
    // `findOneBy({ id: undefined })` would otherwise drop the condition and answer the first row.
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    poolSize: config.databasePoolSize,
    connectTimeoutMS: 5_000,
    logging: false,
    extra: {
      statement_timeout: config.databaseStatementTimeoutMs,
      idle_in_transaction_session_timeout: 60_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
    },
  });
}

/** Connects (waiting up to a minute for a database that is still starting) and migrates. */
export async function openDatabase(service: string, config: DatabaseConfig, options: DatabaseOptions, logger: Logger): Promise<DataSource> {
  const dataSource = createDataSource(service, config, options);
  const deadline = performance.now() + firstConnectPatienceMs;
  for (;;) {
    try {
      await dataSource.initialize();
      break;
    } catch (error) {
      if (!isOutage(error) || performance.now() > deadline) throw new Error(`PostgreSQL cannot be reached: ${(error as Error).message}`, { cause: error });
      logger.warn({ error }, 'PostgreSQL is not there yet');
      await pause(1_000);
    }
  }
  // Between the pool's checkout and TypeORM's own listener a client has none: a backend that ends just then would end the process.
  const { master } = dataSource.driver as unknown as { master: Pool };
  master.on('connect', (client) => client.on('error', (error) => logger.warn({ error }, 'a database connection was lost')));
  const migrations = await migrate(dataSource, options.schema, config.databaseUrl.reveal());
  if (migrations.length > 0) logger.info({ migrations }, 'database migrated');
  return dataSource;
}
