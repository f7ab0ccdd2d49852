import type { EntityManager } from 'typeorm';
import type { Field } from './shape.js';
import { identifier, onlyAdds, viewDefinition, type StreamView } from './view-definition.js';

/** Somebody reads the view: we do not queue for it, because whoever asks next would queue behind us. */
const lockPatience = '1s';

export interface Built {
  /** What the view shows now. */
  readonly shown: readonly Field[];
  /** Why it does not show everything; null: it does. */
  readonly problem: string | null;
}

/**
 * Brings a view to its fields. Columns at the end are added in place; another kind needs a new view, with the old one's grants. Never
 * throws for what a person can do to a view: records must go on being applied, and the next round tries again.
 */
export async function buildView(tx: EntityManager, view: StreamView, before: readonly Field[] | null, fields: readonly Field[]): Promise<Built> {
  const failed = await attempt(tx, async (own) => {
    if (before !== null && !onlyAdds(before, fields)) await replaceView(own, view, fields);
    else await own.query(viewDefinition(view, fields));
  });
  if (failed === null) return { shown: fields, problem: null };
  // Something stands on the view, so its columns keep their kinds. Those that are new can still be added.
  const known = new Set(before?.map(({ column }) => column));
  const added = [...(before ?? []), ...fields.filter(({ column }) => !known.has(column))];
  const problem = reasons[failed] ?? `PostgreSQL refuses the view (SQLSTATE ${failed})`;
  if (failed !== dependents || before === null || (await attempt(tx, (own) => own.query(viewDefinition(view, added)))) !== null) return { shown: before ?? [], problem };
  return { shown: added, problem };
}

/** @returns whether it is gone */
export async function dropView(tx: EntityManager, view: string): Promise<boolean> {
  return (await attempt(tx, (own) => own.query(`DROP VIEW IF EXISTS analytics.${identifier(view)}`))) === null;
}

async function replaceView(tx: EntityManager, view: StreamView, fields: readonly Field[]): Promise<void> {
  const name = `analytics.${identifier(view.view)}`;
  const grants: { grant: string }[] = await tx.query(
    `SELECT format('GRANT %s ON ${name.replaceAll('%', '%%').replaceAll("'", "''")} TO %s%s', a.privilege_type,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS grant
       FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = to_regclass($1) AND a.grantee <> c.relowner`,
    [name],
  );
  await tx.query(`DROP VIEW IF EXISTS ${name}`);
  await tx.query(viewDefinition(view, fields));
  for (const { grant } of grants) await tx.query(grant);
}

const dependents = '2BP01';
const reasons: Readonly<Record<string, string>> = {
  [dependents]: 'something depends on the view, so a column keeps its former type and shows null where it does not fit: drop what depends on it, or read data',
  '55P03': 'the view is being read; it is changed as soon as nobody does',
};

/** Runs in a savepoint. @returns the SQLSTATE of a refusal, null if there was none */
async function attempt(tx: EntityManager, work: (own: EntityManager) => Promise<unknown>): Promise<string | null> {
  try {
    await tx.transaction(async (own) => {
      await own.query(`SET LOCAL lock_timeout = '${lockPatience}'`);
      await work(own);
      await own.query('SET LOCAL lock_timeout = 0');
    });
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A connection that is gone is not the view's fault.
    if (!/^(2B|42|54|55)/.test(code)) throw error;
    return code;
  }
}
