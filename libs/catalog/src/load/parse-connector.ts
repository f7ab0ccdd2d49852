import { streamName } from '@trunkline/contracts';
import type { z } from 'zod';
import { checkConnector } from '../check/check-connector.js';
import { checkStream } from '../check/check-stream.js';
import { connectorDefinition } from '../schema/connector-schema.js';
import type { Connector } from '../schema/connector-schema.js';
import { streamDefinition } from '../schema/stream-schema.js';
import type { Stream } from '../schema/stream-schema.js';
import { CatalogError } from './catalog-error.js';
import { deepFreeze } from './deep-freeze.js';
import { YamlFile } from './yaml-file.js';
import type { Problem } from './yaml-file.js';

/** The texts of one connector. `name` of a file is only used in messages. */
export interface ConnectorSource {
  /** What the connector must be called: its folder's name. */
  readonly id: string;
  readonly definition: { readonly name: string; readonly text: string };
  /** The streams' files by stream name. */
  readonly streams: ReadonlyMap<string, { readonly name: string; readonly text: string }>;
}

/** An unknown field is reported where it stands, not where its object begins. */
const issueProblems = (issues: readonly z.core.$ZodIssue[]): Problem[] =>
  issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a field of the schema' }));
    if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path: issue.path, message }));
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const closest = issue.errors.map(issueProblems).sort((left, right) => depth(right) - depth(left))[0] ?? [];
      if (depth(closest) > 0 || closest.length === 1) return closest.map((problem) => ({ ...problem, path: [...issue.path, ...problem.path] }));
    }
    return [{ path: issue.path, message: issue.message }];
  });
const depth = (problems: readonly Problem[]) => Math.max(0, ...problems.map((problem) => problem.path.length));

const asObject = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

/** Reads and validates one connector. Throws a {@link CatalogError} with every problem found, each with file and line. */
export function parseConnector(source: ConnectorSource): Connector {
  const problems: string[] = [];
  const read = <Value>(file: YamlFile, schema: z.ZodType<Value>): Value | null => {
    problems.push(...file.syntaxProblems);
    if (file.syntaxProblems.length > 0) return null;
    const result = schema.safeParse(file.value);
    if (result.success) return result.data;
    problems.push(...issueProblems(result.error.issues).map((problem) => file.describe(problem)));
    return null;
  };

  const file = new YamlFile(source.definition.name, source.definition.text);
  const definition = read(file, connectorDefinition);
  const streams = new Map<string, Stream>();
  const connector: Connector | null = definition && { ...definition, streams };
  if (connector) {
    if (connector.id !== source.id) problems.push(file.describe({ path: ['id'], message: `must be "${source.id}", as the folder is called` }));
    problems.push(...checkConnector(connector, asObject(file.value)).map((problem) => file.describe(problem)));
  }
  for (const [name, { name: fileName, text }] of source.streams) {
    const streamFile = new YamlFile(fileName, text);
    const stream = read(streamFile, streamDefinition);
    if (!streamName.safeParse(name).success) problems.push(`${fileName}:1: "${name}" cannot be a stream's name: small letters, digits and "_"`);
    if (stream === null) continue;
    streams.set(name, { ...stream, name });
    if (connector) problems.push(...checkStream({ ...stream, name }, asObject(streamFile.value), connector).map((problem) => streamFile.describe(problem)));
  }
  if (problems.length > 0 || connector === null) throw new CatalogError(problems);
  return deepFreeze(connector);
}
