import type { Stream } from '@trunkline/catalog';
import type { ReadPage, ReadRecord } from '@trunkline/connector-kit';

/** Members by which a record is known and placed, whatever is chosen. Those of a table are in the state: they may be the database's own word. */
function neededBy(stream: Stream | undefined, state: ReadPage['state']): string[] {
  const paths = [...(stream?.primaryKey ?? []), ...(stream?.deletedWhen === undefined ? [] : [stream.deletedWhen.path])];
  if (stream !== undefined && 'incremental' in stream && stream.incremental !== undefined) paths.push(stream.incremental.cursorField);
  const names = paths.flatMap(([name]) => (name === undefined ? [] : [name]));
  if ('columns' in state) names.push(...state.columns);
  if ('file' in state) names.push('_file', '_row');
  return names;
}

/**
 * The page with the chosen members of its records, and those their key, their cursor and their mark of deletion need. The page's own records
 * stay as they are. Pure.
 */
export function chooseFields<Page extends Pick<ReadPage, 'records' | 'state'>>(page: Page, stream: Stream | undefined, fields: readonly string[] | null): Page {
  if (fields === null || page.records.length === 0) return page;
  const kept = [...new Set([...neededBy(stream, page.state), ...fields])];
  const choose = (data: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(kept.flatMap((name) => (Object.hasOwn(data, name) ? [[name, data[name]] as const] : [])));
  return { ...page, records: page.records.map((record): ReadRecord => (record.data === null ? record : { ...record, data: choose(record.data) })) };
}
