import { Inject, Injectable } from '@nestjs/common';
import { Catalog, connectorSettingsFrom } from '@trunkline/catalog';
import type { Egress } from '@trunkline/egress';
import { RpcClient } from '@trunkline/messaging';
import { Inbox, Outbox, Pages, VAULT } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { Vault } from '@trunkline/vault';
import { DataSource } from 'typeorm';
import type { BrokerContext } from './config.js';

/** Injection token of the service's one way out. */
export const EGRESS = Symbol('EGRESS');

/** What the verbs of this service work with. Each takes from it what it needs. */
@Injectable()
export class BrokerParts {
  /** The operator's settings the catalog was loaded with. */
  readonly connectorSettings: Readonly<Record<string, string>>;

  constructor(
    @Inject(DataSource) readonly database: DataSource,
    @Inject(Inbox) readonly inbox: Inbox,
    @Inject(Outbox) readonly outbox: Outbox,
    @Inject(Pages) readonly pages: Pages,
    @Inject(RpcClient) readonly rpc: RpcClient,
    @Inject(Catalog) readonly catalog: Catalog,
    @Inject(EGRESS) readonly egress: Egress,
    @Inject(VAULT) readonly vault: Vault,
    @Inject(SERVICE_CONTEXT) readonly context: BrokerContext,
  ) {
    this.connectorSettings = connectorSettingsFrom(context.config);
  }
}
