/**
 * @typedef {object} Acknowledged a record as it stands in the stream
 * @property {string} name `stream/key`
 * @property {'upsert' | 'delete'} op
 * @property {number} version
 * @property {number | null} seq of the row, as the source handed it out
 *
 * @typedef {object} Applied a row of the warehouse
 * @property {string} name
 * @property {number} version
 * @property {boolean} deleted
 * @property {number | null} seq
 *
 * @typedef {object} Verdict
 * @property {number} attempted distinct row versions the source handed out
 * @property {number} acknowledged records in the stream
 * @property {number} applied rows in the warehouse
 * @property {string[]} lost rows of the source that are not in the warehouse as they are at the source; acknowledged records that are not, and were not replaced
 * @property {string[]} duplicated rows that are there twice
 * @property {string[]} unexpected what the source never handed out
 * @property {string[]} inverted records with a greater version and an older row
 */

/**
 * Compares what was handed out, what the stream acknowledged and what the warehouse has. Pure.
 * @param {{ rows: ReadonlyMap<string, { seq: number, deleted: boolean }>, served: ReadonlySet<string>, acknowledged: readonly Acknowledged[], applied: readonly Applied[] }} seen
 * @returns {Verdict}
 */
export function checkEffects({ rows, served, acknowledged, applied }) {
  /** @type {Map<string, Applied>} */
  const inWarehouse = new Map();
  const duplicated = [];
  for (const row of applied) {
    if (inWarehouse.has(row.name)) duplicated.push(row.name);
    inWarehouse.set(row.name, row);
  }
  const lost = [];
  for (const [name, { seq, deleted }] of rows) {
    const there = inWarehouse.get(name);
    // A row that was deleted before anybody saw it need not be there.
    if (there === undefined ? !deleted : there.deleted !== deleted || (!deleted && there.seq !== seq)) lost.push(`${name}/${seq}`);
  }
  const unexpected = applied.filter(({ name, deleted, seq }) => !rows.has(name) || (!deleted && !served.has(`${name}/${seq}`))).map(({ name, seq }) => `${name}/${seq}`);
  const inverted = [];
  /** @type {Map<string, Acknowledged>} */
  const newest = new Map();
  for (const record of [...acknowledged].sort((a, b) => a.version - b.version)) {
    if (record.op === 'upsert' && !served.has(`${record.name}/${record.seq}`)) unexpected.push(`${record.name}/${record.seq} in the stream`);
    const before = newest.get(record.name);
    if (before?.seq != null && record.seq !== null && record.seq < before.seq) inverted.push(`${record.name}: ${before.seq} then ${record.seq}`);
    newest.set(record.name, record);
  }
  for (const [name, record] of newest) {
    const there = inWarehouse.get(name);
    if (there === undefined || there.version < record.version) lost.push(`${name} at version ${record.version}, acknowledged`);
  }
  return { attempted: served.size, acknowledged: acknowledged.length, applied: applied.length, lost, duplicated, unexpected, inverted };
}
