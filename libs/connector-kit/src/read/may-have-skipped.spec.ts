import { loadCatalog } from '@trunkline/catalog';
import { mayHaveSkipped } from './may-have-skipped.js';
import type { StreamState } from './stream-state.js';

const catalog = loadCatalog();
const behind = (pages: number) => ({ pages }) as StreamState;

describe('rows a pass may have left out', () => {
  it.each<[string, string, number, boolean]>([
    ['mailchimp', 'lists', 2, true],
    ['mailchimp', 'lists', 1, false],
    // For each list anew: of how many pages each was is not kept.
    ['mailchimp', 'members', 1, true],
    ['stripe', 'customers', 9, false],
    // Sorted by what the reader goes on by.
    ['hubspot', 'contacts', 9, false],
    ['postgres', 'orders', 9, false],
  ])('%s %s after %i pages: %s', (connector, stream, pages, expected) => {
    expect(mayHaveSkipped(catalog.get(connector), stream, behind(pages))).toBe(expected);
  });
});
