import type { SealContext } from '@trunkline/vault';

/** A table with sealed values, as far as sealing them anew must know it. */
export interface SealedTable {
  /** Without its schema; quoted where SQL wants it. */
  readonly table: string;
  /** A unique text column. */
  readonly id: string;
  /** The sealed column; rows where it is null have no secret. */
  readonly sealed: string;
  /** SQL over the row: the tenant of {@link contextOf}. */
  readonly tenant: string;
  /** Select list of what {@link contextOf} reads. */
  readonly columns: string;
  /** What a row's value is bound to; the same function that sealing and opening use. */
  readonly contextOf: (row: never) => SealContext;
}

/** SQL: the data key version in a sealed value's header; 0 for what is too short to be one, so that it is looked at and told. */
export const keyVersionIn = (column: string): string =>
  `(CASE WHEN length(${column}) < 5 THEN 0 ELSE
     get_byte(${column}, 1)::bigint * 16777216 + get_byte(${column}, 2) * 65536 + get_byte(${column}, 3) * 256 + get_byte(${column}, 4) END)`;

/**
 * SQL after FROM: values of $1 (null: of all tenants) that are sealed with another data key than their tenant's newest. A value whose
 * tenant has no data key belongs to them when all are asked for: it must be told, not passed over.
 */
export const olderValues = (schema: string, { table, sealed, tenant }: SealedTable): string =>
  `"${schema}".${table} AS v
   LEFT JOIN (SELECT tenant AS key_tenant, max(version) AS key_newest FROM "${schema}".data_key WHERE $1::text IS NULL OR tenant = $1 GROUP BY tenant) AS k
     ON k.key_tenant = (${tenant})
   WHERE v.${sealed} IS NOT NULL AND (CASE WHEN k.key_newest IS NULL THEN $1::text IS NULL ELSE ${keyVersionIn(`v.${sealed}`)} < k.key_newest END)`;
