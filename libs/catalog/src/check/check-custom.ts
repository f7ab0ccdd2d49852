import type { Connector } from '../schema/connector-schema.js';
import type { Problem } from '../load/yaml-file.js';
import { variablesIn } from './variables-in.js';

/** The most a definition may weigh, written as JSON. */
export const largestDefinition = 262_144;
/** No definition nests deeper, and what reads one goes down with it. */
export const deepestDefinition = 64;

/** The operator's settings are the operator's: a tenant's definition that could name them could send them anywhere. */
export const checkNoSettings = (written: unknown): Problem[] =>
  variablesIn(written).flatMap(({ path, template }) =>
    template.variables.filter(({ space }) => space === 'settings').map(({ name }) => ({ path, message: `{{settings.${name}}} is the operator's and cannot be used here` })),
  );

/** What a connector of the catalog may say and one that a tenant defined may not. */
export function checkCustom(connector: Connector): Problem[] {
  const web = (path: PropertyKey[], source: string) =>
    source.startsWith('https://') || source.startsWith('{{inputs.') ? [] : [{ path, message: 'must begin with https:// or with one input that holds the origin' }];
  return [
    ...(connector.availableWhen === undefined ? [] : [{ path: ['available_when'], message: "is the operator's to say" }]),
    ...(connector.aliases.length === 0 ? [] : [{ path: ['aliases'], message: 'are for connectors of the catalog; one of your own goes by its name' }]),
    ...(connector.discovered ? [{ path: ['streams'], message: 'are discovered in databases, which are in the catalog already' }] : []),
    ...('request' in connector.verification ? [] : [{ path: ['verification', 'protocol'], message: 'must be http' }]),
    ...web(['base_url'], connector.baseUrl.source),
    ...connector.allowedOrigins.flatMap((origin, index) => web(['allowed_origins', index], origin.source)),
  ];
}

/** How deep a value nests, no deeper than asked for; without recursion, which a hostile value could exhaust. */
export function isDeeperThan(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part as object) : []));
  }
  return false;
}
