import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql/language/index.js';
// The whole library takes five times as long to load.
import { Kind, parse, visit } from 'graphql/language/index.js';

const maxDepth = 15;
const maxTokens = 4_096;

/** A document that can be sent, or what is wrong with it. */
export type GraphqlDocument =
  /** Its variables by name, and whether a request must have them. */
  { readonly variables: ReadonlyMap<string, { readonly required: boolean }> } | { readonly problem: string };

/**
 * A GraphQL document a connector wants to send. It must be one read (or, where records are written, one mutation): a single operation
 * (fragments are fine), of bounded depth, with values only as variables.
 */
export function readGraphql(document: string, operation: 'query' | 'mutation' = 'query'): GraphqlDocument {
  if (document.includes('{{')) return { problem: 'a GraphQL document takes values only as variables: put {{ … }} under "variables"' };
  let definitions: DocumentNode['definitions'];
  try {
    ({ definitions } = parse(document, { maxTokens }));
  } catch (error) {
    return { problem: syntaxProblem(error) };
  }
  const operations = definitions.filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const fragments = new Map(definitions.filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
  if (operations.length + fragments.size !== definitions.length) return { problem: 'a GraphQL document holds one operation and fragments, each under its own name' };
  const other = operations.find((one) => one.operation !== operation);
  if (other !== undefined) return { problem: operation === 'query' ? `a ${other.operation} is not a read; only queries can be sent` : 'must be a mutation' };
  const [only] = operations;
  if (only === undefined || operations.length > 1) return { problem: `must hold exactly one operation, it holds ${operations.length}` };
  const variables = new Map((only.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => [variable.name.value, { required: type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined }]));
  const problem = depthProblem(only.selectionSet, fragments, 1, new Set()) ?? variableProblem(definitions, variables);
  return problem === null ? { variables } : { problem };
}

/** `Syntax Error: Expected Name, found "}".` with the line it is in. */
function syntaxProblem(error: unknown): string {
  const { message, locations } = error as { message: string; locations?: readonly { line: number }[] };
  const line = locations?.[0]?.line;
  return `is not GraphQL${line === undefined ? '' : ` (line ${line} of it)`}: ${message.replace(/^Syntax Error: /, '')}`;
}

function depthProblem({ selections }: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, depth: number, within: ReadonlySet<string>): string | null {
  if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
  for (const selection of selections) {
    let problem: string | null = null;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined) return `has no fragment "${name}"`;
      if (within.has(name)) return `has the fragment "${name}" inside of itself`;
      problem = depthProblem(fragment.selectionSet, fragments, depth, new Set([...within, name]));
    } else if (selection.selectionSet !== undefined) {
      problem = depthProblem(selection.selectionSet, fragments, selection.kind === Kind.FIELD ? depth + 1 : depth, within);
    }
    if (problem !== null) return problem;
  }
  return null;
}

function variableProblem(definitions: DocumentNode['definitions'], declared: ReadonlyMap<string, unknown>): string | null {
  const used = new Set<string>();
  for (const definition of definitions) visit(definition, { Variable: ({ name }) => void used.add(name.value) });
  const unknown = [...used].find((name) => !declared.has(name));
  return unknown === undefined ? null : `uses $${unknown}, which it does not declare`;
}
