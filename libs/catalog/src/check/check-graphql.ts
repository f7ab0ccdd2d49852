const maxDepth = 15;

/** The document without comments and strings (GraphQL spec §2.1), so that braces and keywords can be counted. */
const bare = (document: string) => document.replace(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, ' ');

/**
 * What is wrong with a GraphQL document a connector wants to send, or null. It must be one read (or, where records are written, one mutation):
 * a single operation (fragments are fine), of bounded depth, with values only as variables.
 */
export function graphqlProblem(document: string, operation: 'query' | 'mutation' = 'query'): string | null {
  if (document.includes('{{')) return 'a GraphQL document takes values only as variables: put {{ … }} under "variables"';
  const text = bare(document);
  let depth = 0;
  let operations = 0;
  let head = '';
  for (const character of text) {
    if (character === '{') {
      if (depth === 0) {
        const keyword = /^\s*(\w*)/.exec(head)?.[1] ?? '';
        if (operation === 'query' && (keyword === 'mutation' || keyword === 'subscription')) return `a ${keyword} is not a read; only queries can be sent`;
        if (operation === 'mutation' && keyword !== 'mutation' && keyword !== 'fragment') return 'must be a mutation';
        if (operation === 'query' && keyword !== 'fragment' && keyword !== 'query' && keyword !== '') return `expected "query" or "fragment" instead of "${keyword}"`;
        if (keyword !== 'fragment') operations += 1;
        head = '';
      }
      depth += 1;
      if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
    } else if (character === '}') {
      depth -= 1;
      if (depth < 0) return 'has a "}" too many';
    } else if (depth === 0) {
      head += character;
    }
  }
  if (depth !== 0) return 'has a "{" that is not closed';
  if (operations !== 1) return `must hold exactly one operation, it holds ${operations}`;
  return null;
}
