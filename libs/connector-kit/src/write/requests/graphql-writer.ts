import { readGraphql } from '@trunkline/catalog';
import type { SourceRecord } from '@trunkline/contracts';
import { ProviderError } from '../../provider-error.js';
import { readPath } from '../../read-path.js';
import { narrowedDown, unlessAll } from '../untaken.js';
import type { TargetOf, Untaken, WriteBatch, WriteEnvironment, Writer } from '../writer.js';
import { sendRequest } from './send-request.js';

interface Mutation {
  readonly document: string;
  /** Variables the document knows, each with its path in the record. */
  readonly variables: readonly (readonly [name: string, path: readonly string[]])[];
}

const roots = new Set(['key', 'version', 'data']);

function parseOne(document: string, variables: Readonly<Record<string, string>>, connectorName: string): Mutation {
  const refuse = (why: string) => new ProviderError('rejected', `${connectorName}: the mutation ${why}`);
  const read = readGraphql(document, 'mutation');
  if ('problem' in read) throw refuse(read.problem);
  const named = [...read.variables.keys()];
  for (const [name, path] of Object.entries(variables)) {
    if (!roots.has(path.split('.')[0]!)) throw refuse(`has the variable "${name}" with the path "${path}"; a path begins with key, version or data`);
  }
  for (const name of named) if (!Object.hasOwn(variables, name)) throw refuse(`names $${name}, which "variables" does not`);
  return { document, variables: named.map((name) => [name, variables[name]!.split('.')] as const) };
}

interface Mutations {
  readonly mutation: Mutation;
  /** Null: deletions are left out. */
  readonly deletion: Mutation | null;
}

/** @throws ProviderError `rejected` for a target that cannot mean what it says */
export const parseMutations = ({ mutation, deleteMutation, variables }: TargetOf<'graphql'>, connectorName: string): Mutations => ({
  mutation: parseOne(mutation, variables, connectorName),
  deletion: deleteMutation === undefined ? null : parseOne(deleteMutation, variables, connectorName),
});

/** Errors in the answer, or the request itself refused: this record's. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof ProviderError) || error.kind !== 'rejected' || error.status === null) return null;
  if (error.status < 300) return 'the destination answered it with errors';
  return error.status === 400 || error.status === 413 || error.status === 422 ? `the destination does not take it (${error.status})` : null;
}

/** One mutation for each record, one after another. */
export class GraphqlWriter implements Writer {
  readonly #environment: WriteEnvironment;
  readonly #mutations: Mutations;

  constructor(environment: WriteEnvironment, target: TargetOf<'graphql'>) {
    this.#environment = environment;
    this.#mutations = parseMutations(target, environment.bound.connector.name);
  }

  async write({ records }: WriteBatch): Promise<Untaken[]> {
    const untaken: Untaken[] = [];
    for (const [index, record] of records.entries()) {
      const mutation = record.op === 'delete' ? this.#mutations.deletion : this.#mutations.mutation;
      if (mutation !== null) untaken.push(...(await narrowedDown([index], () => this.#send(mutation, record), reasonOf)));
    }
    return unlessAll(untaken, records.length, this.#environment.bound.connector.name);
  }

  async #send({ document, variables }: Mutation, record: SourceRecord): Promise<void> {
    const { key, version, data } = record;
    const values = Object.fromEntries(variables.map(([name, path]) => [name, readPath({ key, version, data }, path) ?? null]));
    const body = JSON.stringify({ query: document, variables: values });
    await sendRequest(this.#environment, { method: 'POST', url: this.#environment.bound.baseUrl, accept: 'application/graphql-response+json, application/json', body, graphql: true, records: [record] });
  }

  async close(): Promise<void> {}
}
