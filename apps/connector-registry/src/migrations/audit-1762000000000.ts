import { currentPlatform, protectTable, tenantPolicies, tenantRole } from '@trunkline/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit log. Nobody changes or removes an entry, not even the tables' owner: a trigger refuses, whatever role asks. Places in the
 * hash chain are given after the commit, in a table of their own, so that transactions do not wait for each other.
 */
export class Audit1762000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registry.audit_entry (
        id text PRIMARY KEY,
        -- Given when the entry is written; commits may come in another order.
        place bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        platform_id text,
        project_id text,
        actor_kind text NOT NULL CHECK (actor_kind IN ('operator', 'api_key', 'user', 'service')),
        actor_id text NOT NULL,
        actor_user_id text,
        action text NOT NULL,
        target_type text NOT NULL,
        target_id text,
        outcome text NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
        details jsonb NOT NULL DEFAULT '{}',
        request_id text
      )`);
    await runner.query('CREATE INDEX audit_entry_of_platform ON registry.audit_entry (platform_id, at, id)');
    await runner.query('CREATE INDEX audit_entry_of_project ON registry.audit_entry (project_id, at, id)');
    await runner.query(`
      CREATE TABLE registry.audit_chain (
        -- The platform, or '' for what belongs to the installation.
        chain text NOT NULL,
        sequence bigint NOT NULL,
        entry_id text NOT NULL UNIQUE REFERENCES registry.audit_entry (id),
        -- SHA-256 of the hash before and the entry in canonical form.
        hash bytea NOT NULL CHECK (length(hash) = 32),
        PRIMARY KEY (chain, sequence)
      )`);
    await runner.query(`
      CREATE FUNCTION registry.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    for (const table of ['audit_entry', 'audit_chain']) {
      await runner.query(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.${table} FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change()`);
    }
    // What waits for its place in the chain. A trigger fills it, so that no writer can leave an entry out.
    await runner.query('CREATE TABLE registry.audit_unchained (entry_id text PRIMARY KEY, place bigint NOT NULL)');
    await runner.query('CREATE INDEX audit_unchained_place ON registry.audit_unchained (place)');
    await runner.query(`
      CREATE FUNCTION registry.await_chaining() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      BEGIN
        INSERT INTO registry.audit_unchained (entry_id, place) VALUES (NEW.id, NEW.place);
        RETURN NULL;
      END $$`);
    await runner.query('CREATE TRIGGER await_chaining AFTER INSERT ON registry.audit_entry FOR EACH ROW EXECUTE FUNCTION registry.await_chaining()');

    await protectTable(runner, { table: 'registry.audit_entry', privileges: 'SELECT, INSERT', policy: tenantPolicies.project });
    await protectTable(runner, { table: 'registry.audit_chain', privileges: 'SELECT', policy: `chain = ${currentPlatform}` });
    // A project's request may note what it did to its platform; reading that is the platform's affair.
    await runner.query(`CREATE POLICY tenant_notes ON registry.audit_entry FOR INSERT TO ${tenantRole} WITH CHECK (${tenantPolicies.platform})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE registry.audit_unchained, registry.audit_chain, registry.audit_entry');
    await runner.query('DROP FUNCTION registry.await_chaining(), registry.refuse_change()');
  }
}
