import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RpcClient } from '@trunkline/messaging';
import { Outbox, Pages } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import { Connectors } from '../connector/connectors.js';

/** What the verbs of flows work with. Each takes from it what it needs. */
@Injectable()
export class FlowParts {
  constructor(
    @Inject(DataSource) readonly database: DataSource,
    @Inject(Outbox) readonly outbox: Outbox,
    @Inject(Pages) readonly pages: Pages,
    @Inject(RpcClient) readonly rpc: RpcClient,
    @Inject(Connectors) readonly connectors: Connectors,
    @Inject(SERVICE_CONTEXT) readonly context: SyncContext,
  ) {}
}
