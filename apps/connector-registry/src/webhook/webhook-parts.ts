import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Egress } from '@trunkline/egress';
import { Inbox, Pages, VAULT } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { Vault } from '@trunkline/vault';
import { DataSource } from 'typeorm';
import type { RegistryContext } from '../config.js';

/** Injection token of the way out that messages take. */
export const WEBHOOK_EGRESS = Symbol('WEBHOOK_EGRESS');

/** What the verbs about webhooks work with. */
@Injectable()
export class WebhookParts implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) readonly database: DataSource,
    @Inject(Inbox) readonly inbox: Inbox,
    @Inject(Pages) readonly pages: Pages,
    @Inject(WEBHOOK_EGRESS) readonly egress: Egress,
    @Inject(VAULT) readonly vault: Vault,
    @Inject(SERVICE_CONTEXT) readonly context: RegistryContext,
  ) {}

  onApplicationShutdown(): Promise<void> {
    return this.egress.close();
  }
}
