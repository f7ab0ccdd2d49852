import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { depthLimit } from './depth-limit.js';

const schema = buildSchema('type Query { node: Node } type Node { id: ID child: Node }');
const problems = (query: string) => validate(schema, parse(query), [...specifiedRules, depthLimit(3)]).map((error) => error.message);

describe('depthLimit', () => {
  it('counts fields, through fragments and inline fragments', () => {
    expect(problems('{ node { child { id } } }')).toEqual([]);
    expect(problems('{ node { child { child { id } } } }')).toEqual(['The operation nests 4 fields deep; at most 3 are allowed.']);
    expect(problems('{ node { ...a } } fragment a on Node { child { ... on Node { child { id } } } }')).toEqual(['The operation nests 4 fields deep; at most 3 are allowed.']);
  });

  it('comes to an end with fragments that spread themselves', () => {
    expect(problems('{ node { ...a } } fragment a on Node { child { ...b } } fragment b on Node { child { ...a } }').join()).toMatch(/Cannot spread fragment/);
  });

  it('does not stand in the way of introspection', () => {
    expect(problems('{ __schema { types { fields { type { ofType { name } } } } } }')).toEqual([]);
  });
});
