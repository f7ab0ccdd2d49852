import type { QueryRunner } from 'typeorm';

/** The role that requests of tenants run as. It cannot log in; the services switch to it for a transaction. */
export const tenantRole = 'trunkline_tenant';

/** The tenant of the transaction, as policies name it. Unset is like empty: no row fits. */
export const currentPlatform = `nullif(current_setting('trunkline.platform', true), '')`;
export const currentProject = `nullif(current_setting('trunkline.project', true), '')`;

const ofPlatform = `platform_id = ${currentPlatform}`;
const inProject = (rows: string) => `${ofPlatform} AND (${currentProject} IS NULL OR ${rows})`;

/**
 * Which rows of a table a tenant sees, by what columns it has:
 * `platform` rows belong to a platform and every project of it may read them · `project`: a request bound to a project sees that
 * project's rows alone · `project_or_shared`: and besides those that belong to no project.
 */
export const tenantPolicies = {
  platform: ofPlatform,
  project: inProject(`project_id = ${currentProject}`),
  project_or_shared: inProject(`project_id = ${currentProject} OR project_id IS NULL`),
} as const;

/**
 * Makes the role if the cluster has none yet (roles are the cluster's, so services and databases that migrate at once may meet here)
 * and lets it into the schema. Needs CREATEROLE, or a role that an administrator has made and granted.
 */
export async function createTenantRole(runner: QueryRunner, schema: string): Promise<void> {
  await runner.query(`
    DO $$
    DECLARE attempts int := 0;
    BEGIN
      -- One at a time in this database; another database of the cluster may still be at it, hence the attempts.
      PERFORM pg_advisory_xact_lock(hashtext('trunkline:tenant-role'));
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${tenantRole}') THEN
        BEGIN
          CREATE ROLE ${tenantRole} NOLOGIN;
        EXCEPTION
          WHEN duplicate_object OR unique_violation THEN NULL;
          WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the role % is missing and % may not create it', '${tenantRole}', current_user
              USING HINT = format('As an administrator: CREATE ROLE ${tenantRole} NOLOGIN; GRANT ${tenantRole} TO %I;', current_user);
        END;
      END IF;
      IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RETURN; END IF;
      LOOP
        BEGIN
          EXECUTE format('GRANT ${tenantRole} TO %I', current_user);
          RETURN;
        EXCEPTION
          WHEN internal_error OR unique_violation THEN
            attempts := attempts + 1;
            IF attempts > 20 THEN RAISE; END IF;
            PERFORM pg_sleep(0.05);
          WHEN insufficient_privilege THEN
            -- An administrator made it; whether it was granted too shows here.
            IF pg_has_role(current_user, '${tenantRole}', 'MEMBER') THEN RETURN; END IF;
            RAISE EXCEPTION 'the role % is not granted to %', '${tenantRole}', current_user
              USING HINT = format('As an administrator: GRANT ${tenantRole} TO %I;', current_user);
        END;
      END LOOP;
    END $$`);
  await runner.query(`GRANT USAGE ON SCHEMA "${schema}" TO ${tenantRole}`);
}

export interface Protection {
  /** With its schema: `registry.project`. */
  readonly table: string;
  /** What requests may do with it, e.g. `SELECT, INSERT, UPDATE, DELETE`. */
  readonly privileges: string;
  /** A condition on the row; null: the table holds nothing of tenants that could be seen (outbox). */
  readonly policy: string | null;
}

/** Puts a table behind the second wall. Its owner is not walled in: sweeps and consumers see all rows. */
export async function protectTable(runner: QueryRunner, { table, privileges, policy }: Protection): Promise<void> {
  await runner.query(`GRANT ${privileges} ON ${table} TO ${tenantRole}`);
  if (policy === null) return;
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`CREATE POLICY tenant ON ${table} TO ${tenantRole} USING (${policy}) WITH CHECK (${policy})`);
}
