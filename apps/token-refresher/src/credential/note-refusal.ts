import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { credentials, ErrorCode, RequestOf } from '@trunkline/contracts';
import { Outbox, tellAudit } from '@trunkline/persistence';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import { keeper } from './audited-keeper.js';

/** The audit log's entry of a credential that was not taken. Nothing else is written then, so it has a transaction of its own. */
@Injectable()
export class NoteRefusal {
  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
  ) {}

  /** The caller learns why it was refused, whether or not that could be noted. */
  async note({ connectionId, platformId, projectId, connector, type }: RequestOf<typeof credentials.put>, reason: ErrorCode): Promise<void> {
    try {
      await this.database.transaction((tx) =>
        tellAudit(this.outbox, tx, {
          who: keeper,
          tenant: { platformId, projectId },
          action: 'credential.refused',
          target: { type: 'app_connection', id: connectionId },
          outcome: 'failed',
          details: { connector, type, reason },
        }),
      );
    } catch (error) {
      this.context.logger.error({ error, connectionId }, 'a refused credential could not be noted in the audit log');
    }
  }
}
