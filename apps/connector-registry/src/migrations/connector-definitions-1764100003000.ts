import { protectTable, tenantPolicies } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connectors that platforms and projects define for themselves, in all their versions. */
export class ConnectorDefinitions1764100003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registry.connector_definition (
        -- The connector's id everywhere; it is never given again.
        id text PRIMARY KEY,
        platform_id text NOT NULL REFERENCES registry.platform (id),
        -- Null: for every project of the platform.
        project_id text,
        name text NOT NULL,
        display_name text NOT NULL,
        version int NOT NULL,
        -- Credentials stored before are bound to other origins than the newest version needs.
        rebound_at timestamptz,
        -- There may be connections that have not been told so yet.
        rebinding boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        -- What is revoked later still needs to know where.
        deleted_at timestamptz,
        CHECK (NOT rebinding OR rebound_at IS NOT NULL),
        FOREIGN KEY (platform_id, project_id) REFERENCES registry.project (platform_id, id)
      )`);
    await runner.query(`CREATE UNIQUE INDEX connector_definition_name ON registry.connector_definition (platform_id, coalesce(project_id, ''), name) WHERE deleted_at IS NULL`);
    await runner.query('CREATE INDEX connector_definition_of_platform ON registry.connector_definition (platform_id, created_at, id)');
    await runner.query('CREATE INDEX connector_definition_rebinding ON registry.connector_definition (id) WHERE rebinding');
    await runner.query('CREATE INDEX connector_definition_deleted ON registry.connector_definition (deleted_at) WHERE deleted_at IS NOT NULL');

    await runner.query(`
      CREATE TABLE registry.connector_definition_version (
        definition_id text NOT NULL REFERENCES registry.connector_definition (id) ON DELETE CASCADE,
        version int NOT NULL,
        platform_id text NOT NULL,
        project_id text,
        -- JSON as it was given; nobody asks what is in it but by reading it whole.
        folder text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (definition_id, version)
      )`);

    const policy = tenantPolicies.project_or_shared;
    await protectTable(runner, { table: 'registry.connector_definition', privileges: 'SELECT, INSERT, UPDATE', policy });
    await protectTable(runner, { table: 'registry.connector_definition_version', privileges: 'SELECT, INSERT, DELETE', policy });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['connector_definition_version', 'connector_definition']) await runner.query(`DROP TABLE registry.${table}`);
  }
}
