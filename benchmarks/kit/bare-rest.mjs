/** The least a REST resource can cost: Fastify, and one prepared statement on a pool. */
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query('CREATE SCHEMA IF NOT EXISTS bare');
await pool.query('CREATE TABLE IF NOT EXISTS bare.thing (id text PRIMARY KEY, external_id text UNIQUE, name text NOT NULL, data jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())');
const fastify = Fastify({ logger: false });
let made = 0;
fastify.post('/bare', async (request, reply) => {
  const { externalId, displayName, ...data } = request.body;
  const { rows } = await pool.query({
    name: 'upsert',
    text: 'INSERT INTO bare.thing (id, external_id, name, data) VALUES ($1, $2, $3, $4) ON CONFLICT (external_id) DO UPDATE SET name = excluded.name, data = excluded.data RETURNING *',
    values: [`thing_${process.pid}_${(made += 1)}`, externalId, displayName, data],
  });
  return reply.code(201).send(rows[0]);
});
fastify.get('/bare/:id', async (request) => (await pool.query({ name: 'get', text: 'SELECT * FROM bare.thing WHERE id = $1', values: [request.params.id] })).rows[0]);
await fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.stdout.write('ready\n');
process.on('SIGTERM', () => void fastify.close().then(() => pool.end()).then(() => process.exit(0)));
