import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { uuidv7 } from '@trunkline/contracts';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { RefreshCredential } from './refresh-credential.js';
import { leasedColumns, type LeasedRow } from './refresh-lease.js';

const batchSize = 8;
/** Up to so much later than due, by a hash of the id: what broke together is not tried together. */
const spreadShare = 0.25;
/**
 * The try is counted as it is begun: whoever dies in its midst does not lead to a second one. Reasons that a refresh cannot disprove
 * (a key's end) are left alone.
 */
const takeToProbe: Statement = {
  name: 'lease_take_to_probe',
  text: `WITH due AS MATERIALIZED (
      SELECT connection_id AS id FROM tokens.credential
      WHERE deleted_at IS NULL AND status = 'broken' AND refreshable AND sealed IS NOT NULL AND status_reason IN ('reauth_required', 'refresh_outcome_unknown')
        AND greatest(broken_at, probed_at) <= clock_timestamp() - make_interval(secs => $3)
        AND greatest(broken_at, probed_at) <= clock_timestamp() - make_interval(secs => $3 * (1 + ${spreadShare} * (hashtextextended(connection_id, 0) & 1023) / 1024.0))
        AND (lease_until IS NULL OR lease_until < clock_timestamp())
      ORDER BY greatest(broken_at, probed_at) LIMIT $4 FOR UPDATE SKIP LOCKED
    ) UPDATE tokens.credential SET probed_at = clock_timestamp(),
      lease_owner = $1, lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
    FROM due WHERE connection_id = due.id RETURNING ${leasedColumns}`,
};

/**
 * Tries once a day what was given up: a provider may have said `invalid_grant` in a bad hour. One refresh under the lease, like any
 * other; if it succeeds, the new token is told and the connection recovers by that.
 */
@Injectable()
export class ProbeBroken implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #owner = uuidv7();
  #loop: Loop | undefined;

  constructor(
    @Inject(Sql) private readonly sql: Sql,
    @Inject(RefreshCredential) private readonly refresh: RefreshCredential,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop = every(this.context.config.probeIntervalMs, 'probe of broken credentials', this.context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    const { refreshLeaseSeconds, probeSeconds } = this.context.config;
    const takenAt = performance.now();
    const taken = await this.sql.rows<LeasedRow>(takeToProbe, [this.#owner, refreshLeaseSeconds, probeSeconds, batchSize]);
    await Promise.all(taken.map((row) => this.refresh.renewLeased({ ...row, takenAt }, { kind: 'probe' })));
    if (taken.length === batchSize) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
