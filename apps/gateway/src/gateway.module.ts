import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagingModule } from '@trunkline/messaging';
import { AccessGuard } from './access/access.guard.js';
import { AppConnectionsController } from './app-connections/app-connections.controller.js';
import { AuthorizationUrlController } from './app-connections/authorization-url.controller.js';
import { GlobalConnectionsController } from './app-connections/global-connections.controller.js';
import { ProfilesController } from './app-connections/profiles.controller.js';
import { ReconnectController } from './app-connections/reconnect.controller.js';
import { RefreshHealthController } from './app-connections/refresh-health.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { AuthorizationController } from './authorization/authorization.controller.js';
import { ConnectLinksController } from './connect-links/connect-links.controller.js';
import { ConnectPageController } from './connect-links/connect-page.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { ConnectorDefinitionsController } from './connectors/connector-definitions.controller.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { EgressAddressesController } from './egress-addresses/egress-addresses.controller.js';
import { FlowsController } from './flows/flows.controller.js';
import { OauthAppsController } from './oauth-apps/oauth-apps.controller.js';
import { RunWatches } from './runs/run-watches.js';
import { RunsController } from './runs/runs.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SigningKeysController } from './signing-keys/signing-keys.controller.js';
import { SyncsController } from './syncs/syncs.controller.js';
import { ApiKeysController } from './tenancy/api-keys.controller.js';
import { MembersController } from './tenancy/members.controller.js';
import { PlatformsController } from './tenancy/platforms.controller.js';
import { ProjectsController } from './tenancy/projects.controller.js';
import { UsersController } from './tenancy/users.controller.js';
import { TokensController } from './tokens/tokens.controller.js';
import { VaultController } from './vault/vault.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

@Module({})
export class GatewayModule {
  static forRoot(): DynamicModule {
    return {
      module: GatewayModule,
      imports: [MessagingModule.forRoot()],
      controllers: [
        PlatformsController,
        ProjectsController,
        UsersController,
        MembersController,
        ApiKeysController,
        SessionsController,
        ConnectorDefinitionsController, ConnectorsController,
        ConnectionsController,
        AuthorizationController,
        ConnectLinksController,
        ConnectPageController,
        TokensController,
        OauthAppsController,
        SigningKeysController,
        SyncsController,
        FlowsController,
        RunsController,
        VaultController,
        WebhooksController,
        AppConnectionsController,
        AuthorizationUrlController,
        ReconnectController,
        ProfilesController,
        GlobalConnectionsController,
        RefreshHealthController,
        AuditController,
        EgressAddressesController,
      ],
      providers: [RunWatches, { provide: APP_GUARD, useClass: AccessGuard }],
    };
  }
}
