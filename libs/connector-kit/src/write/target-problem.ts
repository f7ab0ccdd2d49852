import type { Connector } from '@trunkline/catalog';
import type { WriteTarget } from '@trunkline/contracts';
import { ProviderError } from '../provider-error.js';
import { checkedDirectory } from './files/file-writer.js';
import { parseMutations } from './requests/graphql-writer.js';
import { parsePaths } from './requests/rest-writer.js';
import { mappedColumns } from './tables/table-row.js';

function check({ name, writes }: Connector, target: WriteTarget): void {
  if (writes === undefined) throw new ProviderError('rejected', `${name} can be read, not written to`);
  if (writes !== target.kind) throw new ProviderError('rejected', `${name} is written to by targets of kind "${writes}", not "${target.kind}"`);
  switch (target.kind) {
    case 'rest':
      parsePaths(target, name);
      break;
    case 'graphql':
      parseMutations(target, name);
      break;
    case 'table':
      mappedColumns(target.columns, name);
      break;
    case 'file':
      checkedDirectory(target.directory, name);
  }
}

/** What is wrong with a target, as far as it can be told without asking the destination; null if nothing is. */
export function targetProblem(connector: Connector, target: WriteTarget): string | null {
  try {
    check(connector, target);
    return null;
  } catch (error) {
    if (error instanceof ProviderError) return error.message;
    throw error;
  }
}
