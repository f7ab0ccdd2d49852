import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from '../sql.js';
import { createTenantRole, protectTable } from './tenant-role.js';

/** Lets requests of tenants into a service's schema, where they may announce facts. The service's own migrations protect its tables. */
export class TenantWall1761900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await createTenantRole(runner, schema);
    await protectTable(runner, { table: `"${schema}".outbox`, privileges: 'INSERT', policy: null });
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    // The role stays: other services and databases of the cluster may use it.
    await runner.query(`REVOKE ALL ON "${schema}".outbox FROM trunkline_tenant`);
    await runner.query(`REVOKE USAGE ON SCHEMA "${schema}" FROM trunkline_tenant`);
  }
}
