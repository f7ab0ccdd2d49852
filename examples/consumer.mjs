/** A consumer of the record stream: the newest version of every record, in a table of your own. See docs/analytics-stream.md. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';

const { NATS_URL, NATS_USER = 'acme-warehouse', NATS_PASSWORD, WAREHOUSE_URL } = process.env;
const nats = await connect({ servers: NATS_URL, user: NATS_USER, pass: NATS_PASSWORD, inboxPrefix: `_INBOX.${NATS_USER}`, maxReconnectAttempts: -1 });
const warehouse = new pg.Pool({ connectionString: WAREHOUSE_URL });
warehouse.on('error', () => undefined);
await warehouse.query('CREATE TABLE IF NOT EXISTS record (connection_id text, stream text, key text, version bigint NOT NULL, deleted boolean NOT NULL, data jsonb, PRIMARY KEY (connection_id, stream, key))');
const manager = await jetstreamManager(nats, { checkAPI: false });
await manager.consumers.add('RECORDS', { durable_name: NATS_USER, ack_policy: 'explicit', filter_subject: 'rec.>', ack_wait: 10e9, max_ack_pending: 64 });
const consumer = await jetstream(nats).consumers.get('RECORDS', NATS_USER);

for await (const message of await consumer.consume({ max_messages: 16 })) {
  const { connectionId, stream, records } = message.json();
  // One row per key and statement: the highest version.
  const newest = new Map(records.toSorted((one, other) => one.version - other.version).map((record) => [record.key, record]));
  try {
    await warehouse.query(
      `INSERT INTO record SELECT $1, $2, r.key, r.version, r.op = 'delete', r.data FROM jsonb_to_recordset($3) AS r (key text, version bigint, op text, data jsonb) ORDER BY r.key
       ON CONFLICT (connection_id, stream, key) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, data = excluded.data WHERE excluded.version > record.version`,
      [connectionId, stream, JSON.stringify([...newest.values()]).replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1\\ufffd')],
    );
    message.ack();
  } catch (error) {
    process.stderr.write(`${message.subject}: ${error.message}; again in a few seconds\n`);
    message.nak(5_000);
  }
}
