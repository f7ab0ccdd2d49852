import type { IncomingMessage, ServerResponse } from 'node:http';

export interface EndpointStats {
  requests: number;
  /** Answers by status; `aborted` when the connection ended before the answer was complete. */
  outcomes: Record<string, number>;
}

export interface Stats {
  /** When counting began (ISO 8601). */
  since: string;
  requests: number;
  /** By method and path pattern, for example `GET /crm/v1/contacts`. */
  endpoints: Record<string, EndpointStats>;
  /**
   * By grant type (`authorization_code`, `refresh_token`, `other`), then `success` or the OAuth error code. Counts what the
   * OAuth server decided, whatever a fault then did to the answer.
   */
  token: Record<string, Record<string, number>>;
  /** Most token requests under way at the same moment. */
  maxConcurrentTokenRequests: number;
}

/** Counts what the sandbox was asked and how that ended. */
export class StatsBook {
  #stats: Stats = empty();
  #tokenRequests = 0;

  /** Counts a request now and its outcome when the answer is out. */
  watch(request: IncomingMessage, response: ServerResponse, path: string): void {
    const stats = this.#stats;
    const key = `${request.method} ${routeOf(path)}`;
    const endpoint = (stats.endpoints[key] ??= { requests: 0, outcomes: {} });
    stats.requests += 1;
    endpoint.requests += 1;
    const token = path === '/oauth/token';
    if (token) {
      this.#tokenRequests += 1;
      stats.maxConcurrentTokenRequests = Math.max(stats.maxConcurrentTokenRequests, this.#tokenRequests);
    }
    response.once('close', () => {
      if (token) this.#tokenRequests -= 1;
      add(endpoint.outcomes, response.writableFinished ? String(response.statusCode) : 'aborted');
    });
  }

  tokenOutcome(grantType: unknown, outcome: string): void {
    const name = grantType === 'authorization_code' || grantType === 'refresh_token' ? grantType : 'other';
    add((this.#stats.token[name] ??= {}), outcome);
  }

  read(): Stats {
    return structuredClone(this.#stats);
  }

  reset(): void {
    this.#stats = { ...empty(), maxConcurrentTokenRequests: this.#tokenRequests };
  }
}

function empty(): Stats {
  return { since: new Date().toISOString(), requests: 0, endpoints: {}, token: {}, maxConcurrentTokenRequests: 0 };
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

const ROUTES = [
  /^\/oauth\/(?:auth|token|token\/revocation|me|jwks|\.well-known\/[a-z-]+)$/,
  /^\/crm\/v1\/(?:account|contacts|companies|deals|activities)$/,
  /^\/(?:graphql|health|\.well-known\/oauth-authorization-server\/oauth)$/,
];

/** The route of a path. What belongs to none is counted together: a client that makes up paths cannot fill the memory. */
function routeOf(path: string): string {
  if (ROUTES.some((route) => route.test(path))) return path;
  const withId = /^(\/interaction|\/oauth\/auth|\/crm\/v1\/(?:contacts|companies|deals|activities))\/[^/]+$/.exec(path);
  return withId ? `${withId[1]}/:id` : '(other)';
}
