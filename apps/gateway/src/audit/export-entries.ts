import type { audits, ReplyOf } from '@trunkline/contracts';

type Page = ReplyOf<typeof audits.list>;

/** Entries as lines of JSON, page after page: the next one is asked for when the reader has taken the one before. */
export async function* exportEntries(first: Page, next: (cursor: string) => Promise<Page>): AsyncGenerator<string> {
  for (let page = first; ; page = await next(page.next)) {
    if (page.data.length > 0) yield `${page.data.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
    if (page.next === null) return;
  }
}
