import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '@trunkline/catalog';
import type { Egress } from '@trunkline/egress';
import { RpcClient } from '@trunkline/messaging';
import { Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { Vault } from '@trunkline/vault';
import { DataSource } from 'typeorm';
import type { BrokerContext } from './config.js';
import { connectorSettingsOf } from './connector-settings.js';

/** Injection token of the service's one way out. */
export const EGRESS = Symbol('EGRESS');
/** Injection token of the vault that seals client secrets and PKCE verifiers. */
export const VAULT = Symbol('VAULT');

/** What the verbs of this service work with. Each takes from it what it needs. */
@Injectable()
export class BrokerParts {
  /** The operator's settings the catalog was loaded with. */
  readonly connectorSettings: Readonly<Record<string, string>>;

  constructor(
    @Inject(DataSource) readonly database: DataSource,
    @Inject(Outbox) readonly outbox: Outbox,
    @Inject(RpcClient) readonly rpc: RpcClient,
    @Inject(Catalog) readonly catalog: Catalog,
    @Inject(EGRESS) readonly egress: Egress,
    @Inject(VAULT) readonly vault: Vault,
    @Inject(SERVICE_CONTEXT) readonly context: BrokerContext,
  ) {
    this.connectorSettings = connectorSettingsOf(context.config);
  }
}
