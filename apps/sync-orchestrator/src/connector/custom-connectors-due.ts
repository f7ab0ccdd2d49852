import type { DataSource } from 'typeorm';

/** At most so many are fetched in a round; what is left has its turn in the next one that finds it due. */
const most = 200;

/** Connectors that tenants defined, of the flows that are due: fetched before anything is claimed, which waits for nothing but the database. */
export async function customConnectorsDue(database: DataSource): Promise<string[]> {
  const rows = (await database.query(
    `SELECT DISTINCT connector FROM sync.flow
     WHERE enabled AND deleted_at IS NULL AND source_state = 'present' AND next_run_at <= now() AND connector ~ '_[a-z2-7]{8}$' LIMIT ${most}`,
  )) as { connector: string }[];
  return rows.map(({ connector }) => connector);
}
