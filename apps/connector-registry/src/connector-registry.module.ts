import { Module, type DynamicModule } from '@nestjs/common';
import { Catalog, catalogFrom } from '@trunkline/catalog';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule } from '@trunkline/persistence';
import { registryDatabase } from './database.js';
import { ApiKeyHandler } from './api-key/api-key.handler.js';
import { AuditConsumer } from './audit/audit.consumer.js';
import { AuditHandler } from './audit/audit.handler.js';
import { AuditSweeps } from './audit/audit.sweeps.js';
import type { RegistryContext } from './config.js';
import { ConnectionHandler } from './connection/connection.handler.js';
import { ConnectionSweeps } from './connection/connection.sweeps.js';
import { ConnectionStatusConsumer } from './connection/connection-status.consumer.js';
import { ConnectorHandler } from './connector/connector.handler.js';
import { HealthConsumer } from './health/health.consumer.js';
import { HealthHandler } from './health/health.handler.js';
import { HealthSweeps } from './health/health.sweeps.js';
import { MemberHandler } from './member/member.handler.js';
import { PlatformHandler } from './platform/platform.handler.js';
import { oidcSettings } from './principal/oidc-settings.js';
import { OutsideIssuerHolder } from './principal/outside-issuer.provider.js';
import { PrincipalHandler } from './principal/principal.handler.js';
import { ProjectHandler } from './project/project.handler.js';
import { RegistryParts } from './registry-parts.js';
import { PostOffice } from './reminder/post-office.js';
import { ReminderSweeps } from './reminder/reminder.sweeps.js';
import { SessionHandler } from './session/session.handler.js';
import { SessionSweeps } from './session/session.sweeps.js';
import { UserHandler } from './user/user.handler.js';

@Module({})
class ConnectorRegistryModule {}

export function connectorRegistryModule({ config }: RegistryContext): DynamicModule {
  const outside = oidcSettings(config);
  return {
    module: ConnectorRegistryModule,
    imports: [
      DatabaseModule.forRoot(registryDatabase),
      MessagingModule.forRoot(),
    ],
    controllers: [PlatformHandler, ProjectHandler, UserHandler, MemberHandler, ApiKeyHandler, SessionHandler, PrincipalHandler, ConnectorHandler, ConnectionHandler, ConnectionStatusConsumer, HealthHandler, HealthConsumer, AuditHandler, AuditConsumer],
    providers: [
      { provide: Catalog, useFactory: () => catalogFrom(config).catalog },
      RegistryParts,
      { provide: OutsideIssuerHolder, useFactory: () => new OutsideIssuerHolder(outside, config) },
      SessionSweeps,
      ConnectionSweeps,
      HealthSweeps,
      PostOffice,
      ReminderSweeps,
      AuditSweeps,
    ],
  };
}
