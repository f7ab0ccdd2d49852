import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Catalog, loadConnectors } from '@trunkline/catalog';
import { clientSecretRotations } from '@trunkline/contracts';
import { egressFrom, type Egress } from '@trunkline/egress';
import { EventListener, MessagingModule, RpcClient } from '@trunkline/messaging';
import { DatabaseModule, rotationHandler, rotationProviders, VaultModule } from '@trunkline/persistence';
import { oauthDatabase } from './database.js';
import { AuthorizationHandler } from './authorization/authorization.handler.js';
import { ExpireAuthorizations } from './authorization/expire-authorizations.js';
import { BrokerParts, EGRESS } from './broker-parts.js';
import type { BrokerContext } from './config.js';
import { ConnectionAppConsumer } from './oauth-app/connection-app.consumer.js';
import { OauthAppHandler } from './oauth-app/oauth-app.handler.js';
import { sealedTables } from './rotation/sealed-tables.js';

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
  return {
    module: OauthBrokerModule,
    imports: [DatabaseModule.forRoot(oauthDatabase), MessagingModule.forRoot(), VaultModule.forRoot(config)],
    controllers: [OauthAppHandler, ConnectionAppConsumer, AuthorizationHandler, rotationHandler(clientSecretRotations)],
    providers: [
      { provide: Catalog, inject: [RpcClient, EventListener], useFactory: async (rpc: RpcClient, events: EventListener) => (await loadConnectors(config, rpc, events)).catalog },
      { provide: EGRESS, useFactory: () => egressFrom(config) },
      ...rotationProviders(config, sealedTables),
      BrokerParts,
      ExpireAuthorizations,
      EgressLifecycle,
    ],
  };
}
