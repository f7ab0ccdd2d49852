import { z } from 'zod';
import { readGraphql } from '../check/check-graphql.js';
import { xmlProblem } from '../check/check-xml.js';
import type { VariableSpace } from '../template/template.js';
import { jsonTemplate, template } from '../template/template-schema.js';
import { pathTemplate, urlTemplate } from '../template/url-template.js';
import { headers } from './header-rules.js';
import { shape } from './shape.js';

const graphqlBody = (spaces: readonly VariableSpace[]) =>
  shape({ query: z.string().max(16_384), variables: z.record(z.string().regex(/^[_A-Za-z]\w*$/), jsonTemplate(spaces)).default({}) }, ({ query, variables }, report) => {
    const read = readGraphql(query);
    if ('problem' in read) return report(['query'], read.problem);
    for (const name of Object.keys(variables)) if (!read.variables.has(name)) report(['variables', name], 'is not declared by the query');
    for (const [name, { required }] of read.variables) if (required && !Object.hasOwn(variables, name)) report(['variables'], `lacks "${name}", which the query requires`);
  });

/** Query parameters. A list repeats the parameter; one whose variable has no value is left out. */
const queryParameters = (spaces: readonly VariableSpace[]) =>
  z.record(z.string().min(1).max(256), z.union([template(spaces), z.array(template(spaces))], { error: 'expected a value or a list of values' }));

const xmlTemplate = (spaces: readonly VariableSpace[]) =>
  template(spaces, (parsed) => {
    const problem = xmlProblem(parsed);
    if (problem !== null) throw new Error(problem);
  });

const body = (spaces: readonly VariableSpace[]) =>
  shape(
    {
      json: jsonTemplate(spaces).optional(),
      form: z.record(z.string().min(1).max(256), template(spaces)).optional(),
      xml: shape({
        template: xmlTemplate(spaces),
        content_type: z.enum(['text/xml', 'application/soap+xml', 'application/xml']).default('text/xml'),
      }).optional(),
      graphql: graphqlBody(spaces).optional(),
    },
    (value, report) => {
      if (Object.keys(value).length !== 1) report([], 'needs exactly one of "json", "form", "xml" and "graphql"');
    },
  );

/** A request to the provider. `path` is below the connector's base URL; `url` is for another of its allowed origins. */
export const request = (spaces: readonly VariableSpace[]) =>
  shape(
    {
      method: z.enum(['GET', 'POST']).default('GET'),
      path: pathTemplate(spaces.includes('parent')).optional(),
      url: urlTemplate.optional(),
      query: queryParameters(spaces).default({}),
      /** Characters of the definition's own query text that are sent as they are (Rest.li). What a variable stands for is always encoded. */
      query_keep: z.string().max(32).regex(/^[:,()[\]/@$;%!*']*$/, "may hold :,()[]/@$;%!*' only").default(''),
      headers: headers(spaces).default({}),
      body: body(spaces).optional(),
    },
    (value, report) => {
      if ((value.path === undefined) === (value.url === undefined)) report([], 'needs either "path" or "url"');
      if (value.method === 'GET' && value.body !== undefined) report(['body'], 'a GET request has no body');
    },
  );
export type RequestTemplate = z.output<ReturnType<typeof request>>;
