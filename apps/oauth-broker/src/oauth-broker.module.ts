import { readFileSync } from 'node:fs';
import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Catalog, loadCatalog } from '@trunkline/catalog';
import { createEgress, type Egress } from '@trunkline/egress';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule, PostgresDataKeyStore } from '@trunkline/persistence';
import { createVault, parseMasterKeys } from '@trunkline/vault';
import { oauthDatabase } from './database.js';
import { DataSource } from 'typeorm';
import { AuthorizationHandler } from './authorization/authorization.handler.js';
import { ExpireAuthorizations } from './authorization/expire-authorizations.js';
import { BrokerParts, EGRESS, VAULT } from './broker-parts.js';
import type { BrokerContext } from './config.js';
import { connectorSettingsOf } from './connector-settings.js';
import { OauthAppHandler } from './oauth-app/oauth-app.handler.js';

@Module({})
class OauthBrokerModule {}

@Injectable()
class EgressLifecycle implements OnApplicationShutdown {
  readonly #egress: Egress;

  constructor(@Inject(EGRESS) egress: Egress) {
    this.#egress = egress;
  }

  /** By now the requests under way have been answered. */
  onApplicationShutdown(): Promise<void> {
    return this.#egress.close();
  }
}

export function oauthBrokerModule({ config }: BrokerContext): DynamicModule {
  const { egressAllow: allow, egressCaFile } = config;
  // Before anything is connected: without a usable key the service does not start.
  const masterKeys = parseMasterKeys(config.masterKey.reveal());
  return {
    module: OauthBrokerModule,
    imports: [DatabaseModule.forRoot(oauthDatabase), MessagingModule.forRoot()],
    controllers: [OauthAppHandler, AuthorizationHandler],
    providers: [
      { provide: Catalog, useFactory: () => loadCatalog({ settings: connectorSettingsOf(config) }) },
      { provide: EGRESS, useFactory: () => createEgress({ allow, ...(egressCaFile === undefined ? {} : { ca: readFileSync(egressCaFile, 'utf8') }) }) },
      { provide: VAULT, inject: [DataSource], useFactory: (database: DataSource) => createVault({ masterKeys, dataKeys: new PostgresDataKeyStore(database) }) },
      BrokerParts,
      ExpireAuthorizations,
      EgressLifecycle,
    ],
  };
}
