import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import type { LeasedCredential } from './refresh-lease.js';

const stillBroken: Statement = {
  name: 'probe_still_broken',
  text: `UPDATE tokens.credential SET last_error_code = $3, failures = failures + 1, lease_owner = NULL, lease_until = NULL,
      intent_id = NULL, intent_token_digest = NULL, intent_at = NULL, updated_at = clock_timestamp()
    WHERE connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL`,
};

/** Ends a probe that did not help. The credential stays as it was; nothing is told, since nothing is new. */
@Injectable()
export class SettleProbe {
  readonly #sql: Sql;

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  async stillBroken({ connectionId, fence }: LeasedCredential, errorCode: string): Promise<void> {
    await this.#sql.rows(stillBroken, [connectionId, fence, errorCode]);
  }
}
