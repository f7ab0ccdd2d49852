import type { Problem } from '../load/yaml-file.js';
import type { Connector, ConnectorInput } from '../schema/connector-schema.js';
import type { Template } from '../template/template.js';
import { hostVariables } from '../template/url-template.js';

/** A URL of a definition with its place in the file. */
export interface PlacedUrl {
  readonly path: readonly PropertyKey[];
  readonly url: Template;
}

/** Inputs in URLs are required; those that choose the host also have a pattern, or any host could be written into them. */
export function checkUrlInputs(urls: readonly PlacedUrl[], inputs: readonly ConnectorInput[]): Problem[] {
  const byName = new Map(inputs.map((input) => [input.name, input]));
  return urls.flatMap(({ path, url }) => {
    const [leading] = url.parts;
    const choosesHost = new Set([...hostVariables(url), ...(typeof leading === 'object' ? [leading] : [])]);
    return url.variables.flatMap((variable) => {
      const input = variable.space === 'inputs' ? byName.get(variable.name) : undefined;
      if (input === undefined) return [];
      if (!input.required) return [{ path, message: `{{inputs.${input.name}}} stands in a URL, so the input must be required` }];
      if (choosesHost.has(variable) && input.pattern === undefined) {
        return [{ path, message: `{{inputs.${input.name}}} chooses the host, so the input needs a pattern` }];
      }
      return [];
    });
  });
}

/** Requests that carry a credential lead to an allowed origin, as written. */
export function checkUrlsAllowed(urls: readonly PlacedUrl[], allowedOrigins: Connector['allowedOrigins']): Problem[] {
  const allowed = allowedOrigins.map((origin) => origin.source);
  const isAllowed = (source: string) => allowed.some((origin) => source === origin || source.startsWith(`${origin}/`));
  return urls
    .filter(({ url }) => !isAllowed(url.source))
    .map(({ path }) => ({ path, message: `must begin with one of allowed_origins (${allowed.join(', ')})` }));
}
