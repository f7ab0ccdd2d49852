import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagingModule } from '@trunkline/messaging';
import { AccessGuard } from './access/access.guard.js';
import { AuthorizationController } from './authorization/authorization.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { SyncsController } from './syncs/syncs.controller.js';
import { TenancyController } from './tenancy/tenancy.controller.js';
import { TokensController } from './tokens/tokens.controller.js';

@Module({})
export class GatewayModule {
  static forRoot(): DynamicModule {
    return {
      module: GatewayModule,
      imports: [MessagingModule.forRoot()],
      controllers: [TenancyController, ConnectorsController, ConnectionsController, AuthorizationController, TokensController, SyncsController],
      providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
    };
  }
}
