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
  const problem = depthProblem(only, fragments) ?? variableProblem(definitions, variables);
  return problem === null ? { variables } : { problem };
}

/** `Syntax Error: Expected Name, found "}".` with the line it is in. */
function syntaxProblem(error: unknown): string {
  const { message, locations } = error as { message: string; locations?: readonly { line: number }[] };
  const line = locations?.[0]?.line;
  return `is not GraphQL${line === undefined ? '' : ` (line ${line} of it)`}: ${message.replace(/^Syntax Error: /, '')}`;
}

/** A fragment is measured once, however often it is spread: spread twice by each other, forty would be a million million otherwise. */
function depthProblem(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string | null {
  const measured = new Map<string, number | 'begun'>();
  const heightOf = ({ selections }: SelectionSetNode): number => {
    let most = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) most = Math.max(most, ofFragment(selection.name.value));
      else {
        const below = selection.selectionSet === undefined ? 0 : heightOf(selection.selectionSet);
        most = Math.max(most, selection.kind === Kind.FIELD ? below + 1 : below);
      }
    }
    return most;
  };
  const ofFragment = (name: string): number => {
    const known = measured.get(name);
    if (known === 'begun') throw new Error(`has the fragment "${name}" inside of itself`);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) throw new Error(`has no fragment "${name}"`);
    measured.set(name, 'begun');
    const height = heightOf(fragment.selectionSet);
    measured.set(name, height);
    return height;
  };
  try {
    return heightOf(operation.selectionSet) > maxDepth ? `is nested deeper than ${maxDepth} levels` : null;
  } catch (error) {
    return error instanceof RangeError ? 'is nested too deep' : (error as Error).message;
  }
}

function variableProblem(definitions: DocumentNode['definitions'], declared: ReadonlyMap<string, unknown>): string | null {
  const used = new Set<string>();
  for (const definition of definitions) visit(definition, { Variable: ({ name }) => void used.add(name.value) });
  const unknown = [...used].find((name) => !declared.has(name));
  return unknown === undefined ? null : `uses $${unknown}, which it does not declare`;
}
