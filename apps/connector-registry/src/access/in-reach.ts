import type { Principal } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { reachOf } from './reach.js';

/** A request's work on the tenancy tables: in one transaction, behind the second wall, as far as the principal reaches. */
export const inReach = <Result>(database: DataSource, who: Principal, work: (tx: EntityManager) => Promise<Result>): Promise<Result> =>
  asTenant(database, reachOf(who), async (tx) => {
    // A person sees the own account, sessions and memberships whichever project the request works in.
    if (who.kind === 'user') await tx.query(`SELECT set_config('trunkline.user', $1, true)`, [who.userId]);
    return work(tx);
  });
