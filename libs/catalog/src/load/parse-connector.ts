import type { Connector } from '../schema/connector-schema.js';
import { CatalogError } from './catalog-error.js';
import { deepFreeze } from './deep-freeze.js';
import { readDefinition } from './read-definition.js';
import { YamlFile } from './yaml-file.js';

/** The texts of one connector. `name` of a file is only used in messages. */
export interface ConnectorSource {
  /** What the connector must be called: its folder's name. */
  readonly id: string;
  readonly definition: { readonly name: string; readonly text: string };
  /** The streams' files by stream name. */
  readonly streams: ReadonlyMap<string, { readonly name: string; readonly text: string }>;
}

/** Reads and validates one connector. Throws a {@link CatalogError} with every problem found, each with file and line. */
export function parseConnector({ id, definition, streams }: ConnectorSource): Connector {
  const { connector, problems } = readDefinition({
    id,
    definition: new YamlFile(definition.name, definition.text),
    streams: new Map([...streams].map(([name, file]) => [name, new YamlFile(file.name, file.text)])),
  });
  if (problems.length > 0 || connector === null) throw new CatalogError(problems);
  return deepFreeze(connector);
}
