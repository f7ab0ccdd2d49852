import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
  /** Further folders of the same form: the operator's own connectors. Each must be there; none may take a name that is taken. */
  readonly folders?: readonly string[];
}

function readConnector(folder: string, id: string): Connector {
  const read = (...path: string[]) => ({ name: [id, ...path].join('/'), text: readFileSync(join(folder, ...path), 'utf8') });
  const streamsFolder = join(folder, 'streams');
  const files = existsSync(streamsFolder) ? readdirSync(streamsFolder).filter((file) => file.endsWith('.yaml')).sort() : [];
  return parseConnector({
    id,
    definition: read('connector.yaml'),
    streams: new Map(files.map((file) => [file.slice(0, -'.yaml'.length), read('streams', file)])),
  });
}

/** The connectors' folders in a folder, in an order that is the same everywhere. Those that begin with `_` or `.` are left out. */
function foldersIn(directory: string): string[] {
  try {
    // Links are followed: that is how a mounted volume shows its folders.
    return readdirSync(directory).filter((name) => !/^[_.]/.test(name) && statSync(join(directory, name)).isDirectory()).sort();
  } catch (error) {
    throw new Error(`the folder of connectors ${directory} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: error });
  }
}

/**
 * Reads and validates every connector, once, at start. All connectors are validated; those whose `available_when` setting is not given are
 * not offered.
 *
 * @throws CatalogError naming file and line of every problem
 * @throws Error when a folder or a file cannot be read
 */
export function loadCatalog({ settings = {}, directory = connectorsDirectory, folders = [] }: CatalogOptions = {}): Catalog {
  const problems: string[] = [];
  const connectors: { connector: Connector; folder: string }[] = [];
  for (const parent of [directory, ...folders]) {
    for (const name of foldersIn(parent)) {
      const folder = join(parent, name);
      try {
        connectors.push({ connector: readConnector(folder, name), folder });
      } catch (error) {
        if (!(error instanceof CatalogError)) throw new Error(`the connector in ${folder} cannot be read`, { cause: error });
        problems.push(...(parent === directory ? error.problems : error.problems.map((problem) => `${parent}/${problem}`)));
      }
    }
  }
  const owners = new Map<string, { id: string; folder: string }>();
  for (const { connector: { id, aliases }, folder } of connectors) {
    for (const name of [id, ...aliases]) {
      const other = owners.get(name);
      // Refused and not replaced: a folder somebody adds must not change where the secrets of a connector that is in use are sent.
      if (other !== undefined) problems.push(`${id}/connector.yaml:1: the name "${name}" already belongs to ${other.id} (${other.folder}); ${folder} must take another`);
      else owners.set(name, { id, folder });
    }
  }
  if (problems.length > 0) throw new CatalogError(problems);
  const isOffered = ({ availableWhen }: Connector) => availableWhen === undefined || (Object.hasOwn(settings, availableWhen) && settings[availableWhen] !== '');
  return new Catalog(connectors.map(({ connector }) => connector).filter(isOffered).sort((left, right) => (left.id < right.id ? -1 : 1)));
}
