import { declaredEndpoints, type Endpoint } from './endpoint.js';

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const patternOf = ({ path }: Endpoint): RegExp => new RegExp(`^${path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escape(part))).join('/')}$`);

let patterns: readonly (readonly [Endpoint, RegExp])[] | undefined;

/** The methods that are served at a path; none if nothing is there. */
export function allowedMethods(path: string): string[] {
  // Controllers declare their routes while they are loaded, before the first request.
  patterns ??= declaredEndpoints.map((declared) => [declared, patternOf(declared)] as const);
  return [...new Set(patterns.filter(([, pattern]) => pattern.test(path)).map(([{ method }]) => method))].sort();
}
