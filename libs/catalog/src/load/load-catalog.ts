import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connector } from '../schema/connector-schema.js';
import { Catalog } from './catalog.js';
import { CatalogError } from './catalog-error.js';
import { parseConnector } from './parse-connector.js';

/** The connectors that come with Trunkline. Found from the package's root, so it is the same from `src` and from `dist`. */
export const connectorsDirectory = fileURLToPath(new URL('../../connectors', import.meta.url));

export interface CatalogOptions {
  /** The operator's settings by name, e.g. `{ sandbox_url: 'http://127.0.0.1:4400' }`. Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder with one folder per connector. Default: {@link connectorsDirectory}. */
  readonly directory?: string;
}

function readConnector(directory: string, id: string): Connector {
  const folder = join(directory, id);
  const read = (...path: string[]) => ({ name: [id, ...path].join('/'), text: readFileSync(join(folder, ...path), 'utf8') });
  const streamsFolder = join(folder, 'streams');
  const files = existsSync(streamsFolder) ? readdirSync(streamsFolder).filter((file) => file.endsWith('.yaml')).sort() : [];
  return parseConnector({
    id,
    definition: read('connector.yaml'),
    streams: new Map(files.map((file) => [file.slice(0, -'.yaml'.length), read('streams', file)])),
  });
}

/**
 * Reads and validates every connector, once, at start. Folders that begin with `_` are left out. All connectors are validated;
 * those whose `available_when` setting is not given are not offered.
 *
 * @throws CatalogError naming file and line of every problem.
 */
export function loadCatalog({ settings = {}, directory = connectorsDirectory }: CatalogOptions = {}): Catalog {
  const problems: string[] = [];
  const connectors: Connector[] = [];
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
  for (const { name } of folders.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    try {
      connectors.push(readConnector(directory, name));
    } catch (error) {
      if (!(error instanceof CatalogError)) throw new Error(`the connector in ${join(directory, name)} cannot be read`, { cause: error });
      problems.push(...error.problems);
    }
  }
  const names = new Map<string, string>();
  for (const { id, aliases } of connectors) {
    for (const name of [id, ...aliases]) {
      const other = names.get(name);
      if (other !== undefined) problems.push(`${id}/connector.yaml:1: the name "${name}" already belongs to ${other}`);
      names.set(name, id);
    }
  }
  if (problems.length > 0) throw new CatalogError(problems);
  return new Catalog(connectors.filter(({ availableWhen }) => availableWhen === undefined || (Object.hasOwn(settings, availableWhen) && settings[availableWhen] !== '')));
}
