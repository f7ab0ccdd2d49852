import type { EgressRequest, EgressResponse } from '@trunkline/egress';
import type { Requester } from '../../src/index.js';

/** One request as it must be made, and the vendor's documented answer to it. */
export interface Exchange {
  request: { method: string; url: string; headers?: Record<string, string>; json?: unknown; form?: Record<string, string> };
  response: { status: number; headers?: Record<string, string>; body: unknown };
}

/** Headers that carry something secret: fixtures name all of theirs so, and Basic hides it. */
const secretHeaders = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (/fixture-|^Basic /.test(value) ? [name] : [])).sort();

/** Plays a vendor's documented answers: hosts such as api.hubapi.com cannot be had locally. Every request must be made as recorded. */
export function replay(exchanges: readonly Exchange[]): Requester & { left: Exchange[] } {
  const left = [...exchanges];
  return {
    left,
    request: async ({ url, method, headers = {}, body, allowedOrigins, redirect }: EgressRequest): Promise<EgressResponse> => {
      const next = left.shift();
      expect({ method, url }).toEqual({ method: next?.request.method, url: next?.request.url });
      expect(headers).toMatchObject(next?.request.headers ?? {});
      if (next?.request.headers !== undefined) expect(secretHeaders(headers)).toEqual(secretHeaders(next.request.headers));
      if (next?.request.json !== undefined) expect(JSON.parse(String(body))).toEqual(next.request.json);
      if (next?.request.form !== undefined) expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual(next.request.form);
      // Whatever carries a secret is bound to where it goes, and is not led elsewhere.
      expect(allowedOrigins).toContain(new URL(url).origin);
      expect(redirect ?? 'error').toBe('error');
      const text = typeof next?.response.body === 'string' ? next.response.body : JSON.stringify(next?.response.body);
      return { status: next?.response.status ?? 0, headers: next?.response.headers ?? {}, body: Buffer.from(text), text: () => text, url, sentAt: 0, receivedAt: 0 };
    },
  };
}
