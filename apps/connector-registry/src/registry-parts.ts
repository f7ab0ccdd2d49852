import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '@trunkline/catalog';
import { RpcClient } from '@trunkline/messaging';
import { Inbox, Outbox, Pages, Sql } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { DataSource } from 'typeorm';
import type { RegistryContext } from './config.js';
import { ParsedDefinitions } from './connector-definition/parsed-definitions.js';

/** What the verbs of this service work with. Each takes from it what it needs. */
@Injectable()
export class RegistryParts {
  readonly definitions = new ParsedDefinitions();

  constructor(
    @Inject(DataSource) readonly database: DataSource,
    @Inject(Sql) readonly sql: Sql,
    @Inject(Outbox) readonly outbox: Outbox,
    @Inject(Inbox) readonly inbox: Inbox,
    @Inject(Pages) readonly pages: Pages,
    @Inject(RpcClient) readonly rpc: RpcClient,
    @Inject(Catalog) readonly catalog: Catalog,
    @Inject(SERVICE_CONTEXT) readonly context: RegistryContext,
  ) {}
}
