import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './sql.js';

/** The outbox and inbox tables, alike in every service's schema. */
export class OutboxAndInbox1760000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      CREATE TABLE "${schema}".outbox (
        id text PRIMARY KEY,
        place bigint GENERATED ALWAYS AS IDENTITY,
        subject text NOT NULL,
        type text NOT NULL,
        about text,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX outbox_place ON "${schema}".outbox (place)`);
    await runner.query(`
      CREATE TABLE "${schema}".inbox (
        consumer text NOT NULL,
        event_id text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
      )`);
    await runner.query(`CREATE INDEX inbox_received_at ON "${schema}".inbox (received_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`DROP TABLE "${schema}".inbox`);
    await runner.query(`DROP TABLE "${schema}".outbox`);
  }
}

/** Wrapped data keys (one tenant may have several versions), for the services that seal secrets. */
export class DataKeys1760000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "${schemaOf(runner.connection)}".data_key (
        tenant text NOT NULL,
        version int NOT NULL,
        master_version int NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant, version)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "${schemaOf(runner.connection)}".data_key`);
  }
}

/** Rotations of master keys and data keys, for the services that seal secrets. */
export class Rotations1761900000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner.connection);
    await runner.query(`
      CREATE TABLE "${schema}".rotation (
        id text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('master', 'data')),
        tenant text,
        status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'failed')),
        destroy_old boolean NOT NULL,
        requested_by text NOT NULL,
        -- Master: the version to reach, as whoever took the request knew it. A replica that knows none so high leaves the work to others.
        target_version int,
        total int NOT NULL DEFAULT 0,
        done_count int NOT NULL DEFAULT 0,
        -- Of the pass under way, or the last one.
        failed_count int NOT NULL DEFAULT 0,
        pass_replaced int NOT NULL DEFAULT 0,
        -- Where the pass under way has come to; null between passes.
        cursor jsonb,
        last_error text,
        -- Data: since when every tenant concerned has its new key, and since when nothing is sealed with an older one.
        keys_made_at timestamptz,
        clean_at timestamptz,
        -- The claim: a step is taken by one replica, which may write its outcome unless another took the next one.
        step bigint NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz
      )`);
    // Two requests for the same work meet here and become one.
    await runner.query(`CREATE UNIQUE INDEX rotation_running ON "${schema}".rotation (kind, coalesce(tenant, '')) WHERE status = 'running'`);
    await runner.query(`CREATE INDEX rotation_due ON "${schema}".rotation (next_at) WHERE status = 'running'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "${schemaOf(runner.connection)}".rotation`);
  }
}
