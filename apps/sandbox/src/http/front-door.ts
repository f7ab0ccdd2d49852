import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsBook } from '../control/stats.js';
import { faultAfter, faultBefore } from '../faults/apply-fault.js';
import type { FaultList } from '../faults/fault.js';
import type { Settings } from '../settings.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface FrontDoorParts {
  settings: Settings;
  stats: StatsBook;
  faults: FaultList;
  /** Answers below `/oauth`: the OAuth server, which reads request bodies itself. */
  oauth: Handler;
  /** Answers everything else. */
  app: Handler;
  onError: (error: unknown) => void;
}

const OAUTH = '/oauth';
// RFC 8414 section 3.1 puts the well-known part between host and path of the issuer; the OAuth server knows only the other place.
const METADATA = '/.well-known/oauth-authorization-server';

/** Every request comes in here: it is counted, held back, spoiled when a fault says so, and passed on. The control API is spared all of it. */
export function frontDoor(parts: FrontDoorParts): Handler {
  const { settings, stats, faults } = parts;

  const passOn = (request: IncomingMessage, response: ServerResponse, path: string) => {
    const url = request.url as string;
    const inside = path === METADATA + OAUTH ? METADATA : path === OAUTH || path.startsWith(`${OAUTH}/`) ? url.slice(OAUTH.length) || '/' : null;
    if (inside === null) return parts.app(request, response);
    // oidc-provider tells where it is mounted by the difference between the two.
    Object.assign(request, { originalUrl: OAUTH + inside, url: inside });
    return parts.oauth(request, response);
  };

  const troubled = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    const fault = faults.take(request.method as string, path);
    const { cleared } = faults;
    if (settings.latencyMs > 0) await sleep(settings.latencyMs, undefined, { ref: false });
    if (fault && (await faultBefore(fault, request, response, cleared))) return;
    if (response.destroyed) return;
    if (fault) faultAfter(fault, response, cleared);
    await passOn(request, response, path);
  };

  return (request, response) => {
    const url = request.url as string;
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    if (path.startsWith('/_control/')) return parts.app(request, response);
    stats.watch(request, response, path);
    troubled(request, response, path).catch((error: unknown) => {
      parts.onError(error);
      response.destroy();
    });
  };
}
