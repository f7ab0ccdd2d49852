import { Module, type DynamicModule } from '@nestjs/common';
import { Catalog, loadCatalog } from '@trunkline/catalog';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule } from '@trunkline/persistence';
import { registryDatabase } from './database.js';
import { ApiKeyHandler } from './api-key/api-key.handler.js';
import type { RegistryContext } from './config.js';
import { ConnectionHandler } from './connection/connection.handler.js';
import { ConnectionSweeps } from './connection/connection.sweeps.js';
import { ConnectionStatusConsumer } from './connection/connection-status.consumer.js';
import { ConnectorHandler } from './connector/connector.handler.js';
import { PlatformHandler } from './platform/platform.handler.js';
import { PrincipalHandler } from './principal/principal.handler.js';
import { ProjectHandler } from './project/project.handler.js';
import { RegistryParts } from './registry-parts.js';
import { UserHandler } from './user/user.handler.js';

@Module({})
class ConnectorRegistryModule {}

export function connectorRegistryModule({ config }: RegistryContext): DynamicModule {
  const { sandboxUrl } = config;
  return {
    module: ConnectorRegistryModule,
    imports: [
      DatabaseModule.forRoot(registryDatabase),
      MessagingModule.forRoot(),
    ],
    controllers: [PlatformHandler, ProjectHandler, UserHandler, ApiKeyHandler, PrincipalHandler, ConnectorHandler, ConnectionHandler, ConnectionStatusConsumer],
    providers: [
      { provide: Catalog, useFactory: () => loadCatalog({ settings: sandboxUrl === undefined ? {} : { sandbox_url: sandboxUrl } }) },
      RegistryParts,
      ConnectionSweeps,
    ],
  };
}
