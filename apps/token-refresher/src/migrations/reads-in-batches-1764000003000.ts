import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf, tenantRole } from '@trunkline/persistence';

/** Many lookups of many tenants in one statement, each behind the wall of its own tenant (docs/decisions/0018). */
export class ReadsInBatches1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    // The project's own connection before one that it shares, whatever their state: what is written for a project must not go to another
    // account because its own stopped working. Among several the caller's own, then the most recently stored usable one.
    const among = `ORDER BY coalesce(owner_id = own_users[place], false) DESC, (status = 'usable') DESC, stored_at DESC, connection_id DESC LIMIT 1`;
    const fits = `connector = connectors[place] AND deleted_at IS NULL AND platform_id = of_platform AND (owners[place] IS NULL OR owner_id = owners[place])`;
    // A row for each lookup, in their order; of nothing but nulls for one that finds nothing. The role is entered before the first read and
    // never left, so that the reads are planned once; the tenant is entered whenever it is another one than before.
    await runner.query(`
      CREATE FUNCTION "${schema}".credentials_of_tenants(platforms text[], projects text[], wanted text[], connectors text[], owners text[], own_users text[])
      RETURNS SETOF "${schema}".credential LANGUAGE plpgsql ROWS 10 AS $$
      DECLARE
        found_row "${schema}".credential;
        of_platform text;
        of_project text;
      BEGIN
        PERFORM set_config('role', '${tenantRole}', true);
        FOR place IN 1 .. cardinality(platforms) LOOP
          IF place = 1 OR of_platform IS DISTINCT FROM platforms[place] OR of_project IS DISTINCT FROM projects[place] THEN
            of_platform := platforms[place];
            of_project := projects[place];
            PERFORM set_config('trunkline.platform', coalesce(of_platform, ''), true), set_config('trunkline.project', coalesce(of_project, ''), true);
          END IF;
          IF wanted[place] IS NOT NULL THEN
            SELECT * INTO found_row FROM "${schema}".credential
              WHERE connection_id = wanted[place] AND deleted_at IS NULL AND platform_id = of_platform
                AND (of_project IS NULL OR project_id = of_project OR of_project = ANY (project_ids))
                AND (connectors[place] IS NULL OR connector = connectors[place]) AND (owners[place] IS NULL OR owner_id = owners[place]);
          ELSE
            SELECT * INTO found_row FROM "${schema}".credential WHERE project_id = of_project AND ${fits} ${among};
            IF NOT FOUND THEN
              SELECT * INTO found_row FROM "${schema}".credential WHERE project_id IS NULL AND of_project = ANY (project_ids) AND ${fits} ${among};
            END IF;
          END IF;
          RETURN NEXT found_row;
        END LOOP;
      END $$`);
    // For the service alone: a request that is behind the wall has no use for a door in it.
    await runner.query(`REVOKE ALL ON FUNCTION "${schema}".credentials_of_tenants FROM PUBLIC`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION "${schemaOf(runner.connection)}".credentials_of_tenants`);
  }
}
