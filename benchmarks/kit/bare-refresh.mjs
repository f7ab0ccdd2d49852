/**
 * The least a refresh can cost: the provider's answer and one UPDATE by primary key, so many side by side, in one process.
 * `node bare-refresh.mjs`, DATABASE_URL, TOKEN_URL, COUNT, LOOPS. Prints refreshes per second.
 */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { Agent, request } from 'undici';

const count = Number(process.env.COUNT);
const loops = Number(process.env.LOOPS);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const dispatcher = new Agent({ connections: loops, pipelining: 1 });
await pool.query('CREATE SCHEMA IF NOT EXISTS bare');
await pool.query('DROP TABLE IF EXISTS bare.token');
await pool.query('CREATE TABLE bare.token (id int PRIMARY KEY, access text NOT NULL, refresh text NOT NULL, expires_at timestamptz)');
await pool.query(`INSERT INTO bare.token SELECT n, 'at', 'bare_' || n FROM generate_series(1, $1::int) AS n`, [count]);
process.stdout.write('ready\n');

const started = performance.now();
let next = 1;
await Promise.all(Array.from({ length: loops }, async () => {
  for (let id = next++; id <= count; id = next++) {
    const answer = await request(process.env.TOKEN_URL, {
      method: 'POST', dispatcher, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `grant_type=refresh_token&refresh_token=bare_${id}`,
    });
    const tokens = await answer.body.json();
    await pool.query({ name: 'store', text: `UPDATE bare.token SET access = $2, refresh = $3, expires_at = now() + make_interval(secs => $4) WHERE id = $1`, values: [id, tokens.access_token, tokens.refresh_token, tokens.expires_in] });
  }
}));
process.stdout.write(`rate ${count / ((performance.now() - started) / 1_000)}\n`);
await dispatcher.close();
await pool.end();
