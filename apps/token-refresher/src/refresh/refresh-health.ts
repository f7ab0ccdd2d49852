import { Inject, Injectable } from '@nestjs/common';
import type { credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { DataSource } from 'typeorm';
import { requireScope } from '../resolve/require-scope.js';

type Counts = Omit<ReplyOf<typeof credentials.refreshHealth>, 'oldestDueAt' | 'lastRefreshedAt'> & { readonly oldestDueAt: Date | null; readonly lastRefreshedAt: Date | null };

const due = `(refreshable AND status = 'usable' AND refresh_due_at <= clock_timestamp())`;
/** A connection counts once, whichever of its tokens it is that gives cause. */
const connection = 'coalesce(base_connection_id, connection_id)';
/** `overdue`: the token has died and no new one is there. One statement, so that the numbers fit each other. */
const count = `
  SELECT count(*) FILTER (WHERE token_name IS NULL)::int AS credentials,
    count(*) FILTER (WHERE token_name IS NULL AND refreshable)::int AS refreshable,
    count(DISTINCT ${connection}) FILTER (WHERE ${due})::int AS due,
    count(DISTINCT ${connection}) FILTER (WHERE ${due} AND access_expires_at <= clock_timestamp())::int AS overdue,
    count(DISTINCT ${connection}) FILTER (WHERE status = 'usable' AND failures > 0)::int AS failing,
    count(DISTINCT ${connection}) FILTER (WHERE status = 'broken')::int AS broken,
    min(refresh_due_at) FILTER (WHERE ${due}) AS "oldestDueAt",
    max(last_refreshed_at) AS "lastRefreshedAt"
  FROM tokens.credential
  WHERE deleted_at IS NULL AND ($1::text IS NULL OR platform_id = $1) AND ($2::text IS NULL OR project_id = $2 OR $2 = ANY (project_ids))`;

/** How refreshing is going in the principal's project or platform. */
@Injectable()
export class RefreshHealth {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  async health({ principal }: RequestOf<typeof credentials.refreshHealth>): Promise<ReplyOf<typeof credentials.refreshHealth>> {
    requireScope(principal, 'connections:read');
    const [counts] = await asTenant(this.#database, principal, (tx) => tx.query<[Counts]>(count, [principal.platformId, principal.projectId]));
    return { ...counts, oldestDueAt: counts.oldestDueAt?.toISOString() ?? null, lastRefreshedAt: counts.lastRefreshedAt?.toISOString() ?? null };
  }
}
