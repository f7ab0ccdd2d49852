import type { ConnectorFolder } from '@trunkline/contracts';
import { checkCustom, checkNoSettings, deepestDefinition, isDeeperThan, largestDefinition } from '../check/check-custom.js';
import { isHttpStream } from '../schema/stream-schema.js';
import type { Connector } from '../schema/connector-schema.js';
import { CatalogError } from './catalog-error.js';
import { deepFreeze } from './deep-freeze.js';
import { readDefinition, type DefinitionPart } from './read-definition.js';
import type { Problem } from './yaml-file.js';

/** What is wrong, and where: `connector: auth.OAUTH2.pkce`, `streams.orders: pagination.next`. */
export interface PlacedProblem {
  readonly path: string;
  readonly message: string;
}

/** A tenant's connector, which it is for, and as whose it is taken. */
export interface Custom {
  readonly id: string;
  /** As the tenant calls it. */
  readonly name: string;
  readonly platformId: string;
  readonly projectId: string | null;
}

const placed = (part: string, { path, message }: Problem): PlacedProblem => ({ path: path.length === 0 ? part : `${part}: ${path.map(String).join('.')}`, message });

const partOf = (name: string, value: unknown): DefinitionPart<PlacedProblem> => ({ value, syntaxProblems: [], describe: (problem) => placed(name, problem) });

/** At most so many are told: a definition with more is another thing altogether. */
const mostProblems = 200;

/** Reads a definition that came as values, under the id it gave itself. Every problem at once. Pure. */
export function checkFolder(folder: ConnectorFolder): { readonly connector: Connector | null; readonly problems: readonly PlacedProblem[] } {
  const refused = (message: string) => ({ connector: null, problems: [{ path: 'connector', message }] });
  if (isDeeperThan(folder, deepestDefinition)) return refused(`is nested deeper than ${deepestDefinition} levels`);
  if (Buffer.byteLength(JSON.stringify(folder)) > largestDefinition) return refused(`is larger than ${largestDefinition / 1_024} KiB with its streams`);
  const id = typeof folder.connector['id'] === 'string' ? folder.connector['id'] : '';
  const { connector, problems } = readDefinition({
    id,
    definition: partOf('connector', folder.connector),
    streams: new Map(Object.entries(folder.streams).map(([name, value]) => [name, partOf(`streams.${name}`, value)])),
  });
  // What is no template at all was told above, and would only be told again.
  const settings = problems.length > 0 ? [] : [['connector', folder.connector] as const, ...Object.entries(folder.streams).map(([name, value]) => [`streams.${name}`, value] as const)].flatMap(([name, value]) => checkNoSettings(value).map((problem) => placed(name, problem)));
  const all = [
    ...problems,
    ...settings,
    ...(connector === null ? [] : checkCustom(connector).map((problem) => placed('connector', problem))),
    ...[...(connector?.streams.values() ?? [])].filter((stream) => !isHttpStream(stream)).map(({ name }) => ({ path: `streams.${name}: protocol`, message: 'must be http' })),
  ];
  return { connector: all.length === 0 ? connector : null, problems: distinct(all).slice(0, mostProblems) };
}

const distinct = (problems: readonly PlacedProblem[]): PlacedProblem[] => [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];

/** The connector of a definition that is stored, under the id it has everywhere. @throws CatalogError */
export function parseCustomConnector(folder: ConnectorFolder, { id, name, platformId, projectId }: Custom): Connector {
  const { connector, problems } = checkFolder(folder);
  if (connector === null) throw new CatalogError(problems.map(({ path, message }) => `${path}: ${message}`));
  return deepFreeze({ ...connector, id, aliases: [name], instanceId: id, owner: { platformId, projectId } });
}
