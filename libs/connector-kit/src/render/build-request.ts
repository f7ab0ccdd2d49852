import { isHeaderText } from '@trunkline/catalog';
import type { RequestTemplate, Template } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import type { BoundConnector } from './bind-connector.js';
import { renderJson, renderText, valueOf } from './render-template.js';
import type { TemplateValues } from './render-template.js';
import { percentEncoded, renderUrl } from './render-url.js';
import { renderXml } from './render-xml.js';

/** A request without its credential. */
export interface BuiltRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Whether errors may come inside a 200. */
  readonly graphql: boolean;
}

/** The definition's own text, but for the characters it wants to be sent as they are. */
function literal(text: string, name: string, keep: string): string {
  return [...text].map((character) => (keep.includes(character) ? character : percentEncoded(character, name))).join('');
}

/** A query value; undefined if one of its variables has none. What a variable stands for is encoded whatever the definition keeps. */
function queryValue(template: Template, name: string, keep: string, values: TemplateValues): string | undefined {
  const text = renderText(template, values);
  if (text === undefined || keep === '') return text === undefined ? undefined : percentEncoded(text, name);
  return template.parts.map((part) => (typeof part === 'string' ? literal(part, name, keep) : percentEncoded(String(valueOf(part, values)), name))).join('');
}

function withQuery(url: string, { query, queryKeep }: RequestTemplate, values: TemplateValues): string {
  const pairs: string[] = [];
  for (const [name, template] of Object.entries(query)) {
    for (const one of Array.isArray(template) ? (template as readonly Template[]) : [template as Template]) {
      const value = queryValue(one, name, queryKeep, values);
      if (value !== undefined) pairs.push(`${percentEncoded(name, name)}=${value}`);
    }
  }
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

const accepted = { json: 'application/json', xml: 'text/xml, application/soap+xml, application/xml' };

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
  if (body?.xml) return { type: `${body.xml.contentType}; charset=utf-8`, text: renderXml(body.xml.template, values) };
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
export function buildRequest(bound: BoundConnector, template: RequestTemplate, more: Pick<TemplateValues, 'page' | 'cursor' | 'slice' | 'parent'> = {}, nextUrl?: string, answer: 'json' | 'xml' = 'json'): BuiltRequest {
  const values = { ...bound.values, ...more };
  const path = template.path;
  const target = path === undefined ? renderUrl(template.url!, values) : bound.baseUrl + renderUrl(path, values);
  const body = renderBody(template.body, values);
  return {
    method: template.method,
    url: nextUrl ?? withQuery(target, template, values),
    headers: {
      accept: template.body?.graphql ? 'application/graphql-response+json, application/json' : accepted[answer],
      ...(body && { 'content-type': body.type }),
      ...renderHeaders(bound.connector.headers, values),
      ...renderHeaders(template.headers, values),
    },
    ...(body && { body: body.text }),
    graphql: template.body?.graphql !== undefined,
  };
}
