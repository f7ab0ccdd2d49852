import type { ReadPage } from '@trunkline/connector-kit';
import type { dryRuns, ReplyOf } from '@trunkline/contracts';

type Shown = Pick<ReplyOf<typeof dryRuns.read>, 'records' | 'keys' | 'quarantined' | 'more'>;

const most = 100;
/** With what surrounds it, below what one message between services may weigh. */
const mostBytes = 700_000;

/** What of a page is shown: its first records, as far as they fit. Pure. */
export function shownPage(page: Pick<ReadPage, 'records' | 'quarantined' | 'done'> | undefined): Shown {
  if (page === undefined) return { records: [], keys: [], quarantined: [], more: false };
  let bytes = 0;
  const fitting = page.records.slice(0, most).filter(({ data, key }) => (bytes += Buffer.byteLength(JSON.stringify(data ?? {})) + Buffer.byteLength(key) + 8) <= mostBytes);
  return {
    records: fitting.map(({ data }) => (data ?? {}) as Shown['records'][number]),
    keys: fitting.map(({ key }) => key),
    quarantined: page.quarantined.slice(0, most).map(({ index, reason }) => ({ position: index, reason: reason.slice(0, 500) })),
    more: !page.done || fitting.length < page.records.length,
  };
}
