import type { DataSource } from 'typeorm';
import { schemaOf } from '../sql.js';
import { keyVersionIn, type SealedTable } from './sealed-table.js';

export type Destruction = 'destroyed' | 'in_use' | 'too_young';

/**
 * Destroys data keys that have a successor. For good: what is sealed with one of them is lost. So it is done only if nothing is, with
 * writers held off for the moment of looking and destroying (readers are not), and only if the successor is old enough that nobody holds
 * a value in hand that was sealed before it.
 */
export function destroyOldKeys(database: DataSource, tables: readonly SealedTable[], tenant: string | null, settleSeconds: number): Promise<Destruction> {
  const schema = schemaOf(database);
  const old = `FROM "${schema}".data_key AS k JOIN LATERAL (
      SELECT n.created_at FROM "${schema}".data_key AS n WHERE n.tenant = k.tenant AND n.version > k.version ORDER BY n.version DESC LIMIT 1
    ) AS newest ON true WHERE ($1::text IS NULL OR k.tenant = $1)`;
  const inUse = tables
    .map(({ table, sealed, tenant: owner }) => `EXISTS (SELECT FROM "${schema}".${table} AS v WHERE v.${sealed} IS NOT NULL AND (${owner}) = k.tenant AND ${keyVersionIn(`v.${sealed}`)} = k.version)`)
    .join(' OR ');
  return database.transaction(async (tx) => {
    await tx.query(`SET LOCAL lock_timeout = '2s'`);
    await tx.query(`LOCK TABLE ${tables.map(({ table }) => `"${schema}".${table}`).join(', ')} IN SHARE MODE`);
    const [row] = (await tx.query(
      `SELECT coalesce(bool_or(${inUse}), false) AS used, coalesce(bool_or(newest.created_at > clock_timestamp() - make_interval(secs => $2)), false) AS young ${old}`,
      [tenant, settleSeconds],
    )) as { used: boolean; young: boolean }[];
    if (row?.used === true) return 'in_use';
    if (row?.young === true) return 'too_young';
    await tx.query(`DELETE FROM "${schema}".data_key WHERE (tenant, version) IN (SELECT k.tenant, k.version ${old})`, [tenant]);
    return 'destroyed';
  });
}
