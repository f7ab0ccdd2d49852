import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Health, SERVICE_CONTEXT, type CommonConfig, type DatabaseConfig, type ServiceContext } from '@trunkline/service';
import { openDatabase, type DatabaseOptions } from './database.js';
import { Inbox } from './inbox/inbox.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { Pages } from './page/pages.js';
import { Sql } from './sql.js';

@Injectable()
class DatabaseLifecycle implements OnApplicationShutdown {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Health) health: Health, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#database = database;
    health.register(`${context.name}:postgres`, async () => {
      await database.query('SELECT 1');
    });
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#database.isInitialized) await this.#database.destroy();
  }
}

/** A service's own schema: connection pool, migrations, {@link Outbox} with its relay, {@link Inbox}, {@link Sql}. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          inject: [SERVICE_CONTEXT],
          useFactory: (context: ServiceContext<CommonConfig & DatabaseConfig>) => openDatabase(context.name, context.config, options, context.logger),
        },
        { provide: Sql, inject: [DataSource], useFactory: (database: DataSource) => new Sql(database) },
        Outbox,
        OutboxRelay,
        Inbox,
        Pages,
        DatabaseLifecycle,
      ],
      exports: [DataSource, Sql, Outbox, Inbox, Pages],
    };
  }
}
