import { isHeaderText } from '@trunkline/catalog';
import type { RequestTemplate, Template } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import type { BoundConnector } from './bind-connector.js';
import { renderJson, renderText } from './render-template.js';
import type { TemplateValues } from './render-template.js';
import { percentEncoded, renderUrl } from './render-url.js';

/** A request without its credential. */
export interface BuiltRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Whether errors may come inside a 200. */
  readonly graphql: boolean;
}

function withQuery(url: string, query: RequestTemplate['query'], values: TemplateValues): string {
  const pairs: string[] = [];
  for (const [name, template] of Object.entries(query)) {
    for (const one of Array.isArray(template) ? (template as readonly Template[]) : [template as Template]) {
      const value = renderText(one, values);
      if (value !== undefined) pairs.push(`${percentEncoded(name, name)}=${percentEncoded(value, name)}`);
    }
  }
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function renderHeaders(templates: Readonly<Record<string, Template>>, values: TemplateValues): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = renderText(template, values);
    if (value === undefined) continue;
    if (!isHeaderText(value)) throw new ProviderError('rejected', `the value for the header ${name} contains characters a header cannot hold`);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function renderBody(body: RequestTemplate['body'], values: TemplateValues): { type: string; text: string } | undefined {
  if (body?.graphql) {
    return { type: 'application/json', text: JSON.stringify({ query: body.graphql.query, variables: renderJson(body.graphql.variables, values) }) };
  }
  if (body?.json !== undefined) return { type: 'application/json', text: JSON.stringify(renderJson(body.json, values)) };
  if (body?.form) {
    const fields = Object.entries(body.form).flatMap(([name, template]): [string, string][] => {
      const value = renderText(template, values);
      return value === undefined ? [] : [[name, value]];
    });
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
  }
  return undefined;
}

/**
 * A request of the connector with its variables filled in; what has no value is left out. `nextUrl`, which a provider gave for the
 * next page, takes the place of path and query.
 */
export function buildRequest(bound: BoundConnector, template: RequestTemplate, more: Pick<TemplateValues, 'page' | 'cursor'> = {}, nextUrl?: string): BuiltRequest {
  const values = { ...bound.values, ...more };
  const path = template.path;
  const target = path === undefined ? renderUrl(template.url!, values) : bound.baseUrl + renderUrl(path, values);
  const body = renderBody(template.body, values);
  return {
    method: template.method,
    url: nextUrl ?? withQuery(target, template.query, values),
    headers: {
      accept: template.body?.graphql ? 'application/graphql-response+json, application/json' : 'application/json',
      ...(body && { 'content-type': body.type }),
      ...renderHeaders(bound.connector.headers, values),
      ...renderHeaders(template.headers, values),
    },
    ...(body && { body: body.text }),
    graphql: template.body?.graphql !== undefined,
  };
}
