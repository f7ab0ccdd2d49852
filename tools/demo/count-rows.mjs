import { waitUntil } from './wait-until.mjs';

const sinkBoundMs = 60_000;

/**
 * Waits until the analytics sink has applied what was read, and counts the rows.
 * @param {{ databaseUrl: string, connectionId: string, expected: Record<string, number>, say: (line: string) => void }} options `expected`: rows there must
 *   be at least, by stream; a deleted record keeps its row
 * @returns {Promise<{ rows: Record<string, number>, live: Record<string, number> }>} all rows, and those not deleted
 */
export async function countRows({ databaseUrl, connectionId, expected, say }) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    let seen = '';
    /** @type {string | null} */
    let before = null;
    return await waitUntil(
      async () => {
        const counts = await count(client, connectionId);
        const missing = Object.entries(expected).filter(([stream, rows]) => (counts.rows[stream] ?? 0) < rows);
        const now = JSON.stringify(counts);
        const quiet = now === before;
        if (!quiet && missing.length > 0) say(`${sum(counts.rows)} of ${sum(expected)} rows are in the warehouse`);
        before = now;
        seen = missing.map(([stream, rows]) => `${stream} ${counts.rows[stream] ?? 0} of ${rows}`).join(', ');
        return missing.length === 0 && quiet ? counts : null;
      },
      { what: () => `the warehouse to hold what was read (${seen})`, boundMs: sinkBoundMs, pauseMs: 250 },
    );
  } finally {
    await client.end();
  }
}

/**
 * @param {import('pg').Client} client
 * @param {string} connectionId
 */
async function count(client, connectionId) {
  const { rows } = await client.query(
    `SELECT stream, count(*)::int AS rows, (count(*) FILTER (WHERE NOT deleted))::int AS live FROM analytics.record WHERE connection_id = $1 GROUP BY stream ORDER BY stream`,
    [connectionId],
  );
  return {
    rows: Object.fromEntries(rows.map((row) => [row.stream, row.rows])),
    live: Object.fromEntries(rows.map((row) => [row.stream, row.live])),
  };
}

/** @param {Record<string, number>} counts */
const sum = (counts) => Object.values(counts).reduce((total, value) => total + value, 0);
