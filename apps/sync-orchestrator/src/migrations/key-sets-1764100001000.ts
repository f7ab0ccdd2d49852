import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which keys a stream holds, for streams whose provider tells no deletions: what a complete pass does not bring is gone
 * (mark and sweep). Tables are locked in this order: source, flow, run, task, checkpoint, key_set, live_key, call_told.
 */
export class KeySets1764100001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `run_id` is the run the stream was last claimed for; `sweep` is how far that run's deletions are.
    await runner.query('ALTER TABLE sync.checkpoint ADD COLUMN run_id text, ADD COLUMN sweep jsonb');
    // One in use per stream of a flow; a flow that reads another connection begins another one. `withheld_pass`: the last complete pass that
    // missed too much to be believed at once.
    await runner.query(`
      CREATE TABLE sync.key_set (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        flow_id text NOT NULL REFERENCES sync.flow,
        stream text NOT NULL,
        connection_id text NOT NULL,
        pass int NOT NULL DEFAULT 1,
        unclean boolean NOT NULL DEFAULT false,
        withheld_pass int,
        retired boolean NOT NULL DEFAULT false
      )`);
    await runner.query('CREATE UNIQUE INDEX key_set_in_use ON sync.key_set (flow_id, stream) WHERE NOT retired');
    await runner.query('CREATE INDEX key_set_retired ON sync.key_set (id) WHERE retired');
    // By digest, because a key may be longer than an index takes. `pass` is the last one that brought it, in no index, so that a pass over
    // known keys rewrites rows in place.
    await runner.query(`
      CREATE TABLE sync.live_key (
        set_id bigint NOT NULL REFERENCES sync.key_set,
        digest bytea NOT NULL,
        pass int NOT NULL,
        first_pass int NOT NULL,
        key text NOT NULL,
        PRIMARY KEY (set_id, digest)
      ) WITH (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['live_key', 'key_set']) await runner.query(`DROP TABLE sync.${table}`);
    await runner.query('ALTER TABLE sync.checkpoint DROP COLUMN run_id, DROP COLUMN sweep');
  }
}
