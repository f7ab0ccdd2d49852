import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connector } from '../schema/connector-schema.js';
import { connectorsDirectory } from './load-catalog.js';

/**
 * The picture beside a connector's definition; undefined if it has none. Takes the connector and not its name: what is not in the
 * catalog has no path here.
 */
export async function readLogo({ id }: Pick<Connector, 'id'>, folders: readonly string[] = []): Promise<string | undefined> {
  for (const folder of [connectorsDirectory, ...folders]) {
    try {
      return await readFile(join(folder, id, 'logo.svg'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
