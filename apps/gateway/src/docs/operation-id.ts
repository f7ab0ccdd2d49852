import type { Endpoint } from '../http/endpoint.js';

const pascal = (text: string): string => text.split(/[-_]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
const singular = (text: string): string => text.replace(/sses$/, 'ss').replace(/(?<!s)s$/, '');

/**
 * An operation's name: its own, or a verb and a noun made from method and path. `GET /api/v1/flows` is `listFlows`, `POST
 * /api/v1/flows/:id` is `updateFlow`, `POST /api/v1/flows/:id/pause` is `pauseFlow`.
 */
export function operationIdOf({ operation, method, path }: Pick<Endpoint, 'operation' | 'method' | 'path'>): string {
  if (operation !== undefined) return operation;
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api' && part !== 'v1');
  const fixed = parts.filter((part) => !part.startsWith(':'));
  const last = parts.at(-1)!;
  const one = fixed.map((part) => pascal(singular(part))).join('');
  if (last.startsWith(':')) return `${{ GET: 'get', POST: 'update', DELETE: 'delete' }[method]}${one}`;
  const isBelowOne = parts.at(-2)?.startsWith(':') === true;
  if (isBelowOne && method === 'POST') return `${pascal(last).charAt(0).toLowerCase()}${pascal(last).slice(1)}${fixed.slice(0, -1).map((part) => pascal(singular(part))).join('')}`;
  const several = `${fixed.slice(0, -1).map((part) => pascal(singular(part))).join('')}${pascal(last)}`;
  if (method === 'GET') return `${isBelowOne ? 'get' : 'list'}${several}`;
  return method === 'POST' ? `create${one}` : `delete${several}`;
}
