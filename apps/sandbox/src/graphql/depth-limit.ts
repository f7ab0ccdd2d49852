import { GraphQLError, Kind } from 'graphql';
import type { ASTNode, FragmentDefinitionNode, SelectionSetNode, ValidationContext, ValidationRule } from 'graphql';

/**
 * Refuses operations that nest deeper than `most` fields. Introspection has its own limit in graphql-js. Fragments that spread
 * themselves are left to the rule NoFragmentCycles; here they only must not loop.
 */
export function depthLimit(most: number): ValidationRule {
  return (context: ValidationContext) => ({
    OperationDefinition(node) {
      const depth = depthOf(node.selectionSet, context, new Set());
      const message = `The operation nests ${depth} fields deep; at most ${most} are allowed.`;
      if (depth > most) context.reportError(new GraphQLError(message, { nodes: [node as ASTNode] }));
    },
  });
}

function depthOf(selections: SelectionSetNode, context: ValidationContext, inside: ReadonlySet<FragmentDefinitionNode>): number {
  let deepest = 0;
  for (const selection of selections.selections) {
    let depth = 0;
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value.startsWith('__')) continue;
      depth = 1 + (selection.selectionSet ? depthOf(selection.selectionSet, context, inside) : 0);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      depth = depthOf(selection.selectionSet, context, inside);
    } else {
      const fragment = context.getFragment(selection.name.value);
      if (fragment && !inside.has(fragment)) depth = depthOf(fragment.selectionSet, context, new Set([...inside, fragment]));
    }
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
