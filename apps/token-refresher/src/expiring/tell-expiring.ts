import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { credentialExpiring } from '@trunkline/contracts';
import { Outbox } from '@trunkline/persistence';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { updated } from '../credential/updated-rows.js';

interface Ending {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connector: string;
  readonly credentialVersion: number;
  readonly expiresAt: Date;
  readonly refreshable: boolean;
}

const batchSize = 100;
const daySeconds = 86_400;

/** What nothing renews ends with its access token, everything else with its refresh token. */
const end = 'CASE WHEN refreshable THEN refresh_expires_at ELSE access_expires_at END';
const life = 'CASE WHEN refreshable THEN refresh_lifetime_seconds ELSE access_lifetime_seconds END';
/**
 * At most half the life before: a token of a day is not on its way out from the beginning. Providers that count the same end anew in each
 * answer (a session of 90 days) move it by the length of a round trip: only one that moved by a tenth of the life, or a day, is a new one.
 */
const claim = `
  WITH ending AS MATERIALIZED (
    SELECT connection_id AS id, ${end} AS ends_at FROM tokens.credential
    WHERE deleted_at IS NULL AND status = 'usable' AND ${end} > clock_timestamp() AND ${end} <= clock_timestamp() + make_interval(secs => $1)
      AND ${end} <= clock_timestamp() + make_interval(secs => (${life}) / 2)
      AND (expiring_told_for IS NULL OR ${end} > expiring_told_for + make_interval(secs => least(${daySeconds}, (${life}) / 10)))
    ORDER BY 2 LIMIT $2 FOR UPDATE SKIP LOCKED
  ) UPDATE tokens.credential AS told SET expiring_told_for = ending.ends_at FROM ending WHERE connection_id = ending.id
  RETURNING coalesce(base_connection_id, connection_id) AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, refreshable,
    (SELECT base.version + base.second_told FROM tokens.credential AS base WHERE base.connection_id = coalesce(told.base_connection_id, told.connection_id))::float8 AS "credentialVersion",
    ending.ends_at AS "expiresAt"`;

/** Tells, some days before, that a credential will end by itself: time for a person to connect again before anything breaks. */
@Injectable()
export class TellExpiring implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #loop: Loop | undefined;

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop = every(this.context.config.expiringIntervalMs, 'telling of credentials that end', this.context.logger, () => this.#round());
  }

  /** Claimed and told in one transaction: by one replica, and never without the other. */
  async #round(): Promise<void | 'again'> {
    const told = await this.database.transaction(async (tx) => {
      const endings = await updated<Ending>(tx, claim, [this.context.config.expiringDays * daySeconds, batchSize]);
      for (const ending of endings) await this.#tell(tx, ending);
      return endings.length;
    });
    if (told === batchSize) return 'again';
  }

  async #tell(tx: EntityManager, { refreshable, expiresAt, ...about }: Ending): Promise<void> {
    const what = refreshable ? 'refresh' : 'access';
    await this.outbox.addEvent(tx, credentialExpiring, { ...about, expiresAt: expiresAt.toISOString(), what }, about.connectionId);
    this.context.logger.info({ connectionId: about.connectionId, connector: about.connector, what, expiresAt }, 'a credential ends soon and nothing renews it');
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
