import type { EntityManager } from 'typeorm';
import { instantPattern, type Kind } from './kind.js';
import { learn, type Evidence } from './shape.js';

/** What the rows of a stream that stand already say of its fields. Reads them all: once, when a stream gets its view. */
export async function inferShape(tx: EntityManager, connector: string, stream: string): Promise<Evidence> {
  await tx.query('SET LOCAL statement_timeout = 0');
  const seen: { field: string; kind: Kind }[] = await tx.query(
    `SELECT f.key AS field,
            CASE jsonb_typeof(f.value)
              WHEN 'boolean' THEN 'boolean' WHEN 'number' THEN 'numeric'
              WHEN 'string' THEN CASE WHEN f.value #>> '{}' ~ $3 THEN 'timestamptz' ELSE 'text' END
              ELSE 'jsonb' END AS kind
       FROM analytics.record r CROSS JOIN LATERAL jsonb_each(r.data) f
      WHERE r.connector = $1 AND r.stream = $2 AND NOT r.deleted AND jsonb_typeof(r.data) = 'object' AND jsonb_typeof(f.value) <> 'null'
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [connector, stream, instantPattern],
  );
  const evidence: Evidence = new Map();
  for (const { field, kind } of seen) learn(evidence, field, kind);
  return evidence;
}
