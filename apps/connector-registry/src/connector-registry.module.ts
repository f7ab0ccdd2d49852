import { Module, type DynamicModule } from '@nestjs/common';
import { Catalog, catalogFrom } from '@trunkline/catalog';
import { webhookSecretRotations } from '@trunkline/contracts';
import { egressFrom } from '@trunkline/egress';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule, rotationHandler, rotationProviders, VaultModule } from '@trunkline/persistence';
import { registryDatabase } from './database.js';
import { ApiKeyHandler } from './api-key/api-key.handler.js';
import { AuditConsumer } from './audit/audit.consumer.js';
import { AuditHandler } from './audit/audit.handler.js';
import { AuditSweeps } from './audit/audit.sweeps.js';
import type { RegistryContext } from './config.js';
import { ConnectLinkHandler } from './connect-link/connect-link.handler.js';
import { ConnectLinkSweeps } from './connect-link/connect-link.sweeps.js';
import { ConnectionHandler } from './connection/connection.handler.js';
import { ConnectionSweeps } from './connection/connection.sweeps.js';
import { ConnectionStatusConsumer } from './connection/connection-status.consumer.js';
import { ConnectorDefinitionHandler } from './connector-definition/connector-definition.handler.js';
import { ConnectorDefinitionSweeps } from './connector-definition/connector-definition.sweeps.js';
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
import { sealedTables } from './webhook/sealed-tables.js';
import { WebhookConsumer } from './webhook/webhook.consumer.js';
import { WebhookHandler } from './webhook/webhook.handler.js';
import { WebhookParts, WEBHOOK_EGRESS } from './webhook/webhook-parts.js';
import { WebhookSweeps } from './webhook/webhook.sweeps.js';

@Module({})
class ConnectorRegistryModule {}

export function connectorRegistryModule({ config }: RegistryContext): DynamicModule {
  const outside = oidcSettings(config);
  return {
    module: ConnectorRegistryModule,
    imports: [
      DatabaseModule.forRoot(registryDatabase),
      MessagingModule.forRoot(),
      VaultModule.forRoot(config),
    ],
    controllers: [PlatformHandler, ProjectHandler, UserHandler, MemberHandler, ApiKeyHandler, SessionHandler, PrincipalHandler, ConnectorHandler, ConnectorDefinitionHandler, ConnectionHandler, ConnectionStatusConsumer, ConnectLinkHandler, HealthHandler, HealthConsumer, AuditHandler, AuditConsumer, WebhookHandler, WebhookConsumer, rotationHandler(webhookSecretRotations)],
    providers: [
      { provide: Catalog, useFactory: () => catalogFrom(config).catalog },
      RegistryParts,
      { provide: OutsideIssuerHolder, useFactory: () => new OutsideIssuerHolder(outside, config) },
      SessionSweeps,
      ConnectionSweeps,
      ConnectorDefinitionSweeps,
      ConnectLinkSweeps,
      HealthSweeps,
      PostOffice,
      ReminderSweeps,
      AuditSweeps,
      { provide: WEBHOOK_EGRESS, useFactory: () => egressFrom(config) },
      ...rotationProviders(config, sealedTables),
      WebhookParts,
      WebhookSweeps,
    ],
  };
}
