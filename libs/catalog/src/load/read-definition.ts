import { streamName } from '@trunkline/contracts';
import type { z } from 'zod';
import { checkConnector } from '../check/check-connector.js';
import { checkParents } from '../check/check-parents.js';
import { checkStream } from '../check/check-stream.js';
import { connectorDefinition } from '../schema/connector-schema.js';
import type { Connector } from '../schema/connector-schema.js';
import { isHttpStream, streamDefinition } from '../schema/stream-schema.js';
import type { Stream } from '../schema/stream-schema.js';
import type { Problem } from './yaml-file.js';

/** A part of a definition, a file or a value that came as JSON, that can say of a problem where it is. */
export interface DefinitionPart<Said> {
  readonly value: unknown;
  /** Why there is no value at all. */
  readonly syntaxProblems: readonly Said[];
  describe(problem: Problem): Said;
}

export interface DefinitionParts<Said> {
  /** What the connector must be called. */
  readonly id: string;
  readonly definition: DefinitionPart<Said>;
  /** By stream name. */
  readonly streams: ReadonlyMap<string, DefinitionPart<Said>>;
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

/** Validates one connector and names every problem there is. The connector is null where its own part is wrong. Pure. */
export function readDefinition<Said>({ id, definition: part, streams: parts }: DefinitionParts<Said>): { readonly connector: Connector | null; readonly problems: readonly Said[] } {
  const problems: Said[] = [];
  const read = <Value>(of: DefinitionPart<Said>, schema: z.ZodType<Value>): Value | null => {
    problems.push(...of.syntaxProblems);
    if (of.syntaxProblems.length > 0) return null;
    const result = schema.safeParse(of.value);
    if (result.success) return result.data;
    problems.push(...issueProblems(result.error.issues).map((problem) => of.describe(problem)));
    return null;
  };

  const definition = read(part, connectorDefinition);
  const streams = new Map<string, Stream>();
  const connector: Connector | null = definition && { ...definition, streams, discovered: definition.streams === 'discovered' };
  if (connector) {
    if (connector.id !== id) problems.push(part.describe({ path: ['id'], message: `must be "${id}", as the folder is called` }));
    problems.push(...checkConnector(connector, asObject(part.value)).map((problem) => part.describe(problem)));
  }
  for (const [name, streamPart] of parts) {
    const stream = read(streamPart, streamDefinition);
    if (!streamName.safeParse(name).success) problems.push(streamPart.describe({ path: [], message: `"${name}" cannot be a stream's name: small letters, digits and "_"` }));
    if (stream === null) continue;
    streams.set(name, { ...stream, name });
    if (connector) problems.push(...checkStream({ ...stream, name }, asObject(streamPart.value), connector).map((problem) => streamPart.describe(problem)));
  }
  for (const [name, stream] of streams) {
    if (isHttpStream(stream)) problems.push(...checkParents(stream, streams).map((problem) => parts.get(name)!.describe(problem)));
  }
  return { connector, problems };
}
