import { z } from 'zod';

/** A fault to be made at some requests, as `POST /_control/faults` takes it. */
export const faultRule = z.strictObject({
  /** Which requests; left out: all (the control API is never hit). */
  match: z
    .strictObject({
      method: z.string().transform((method) => method.toUpperCase()).optional(),
      /** Beginning of the path, for example `/oauth/token`. */
      path: z.string().startsWith('/').optional(),
    })
    .prefault({}),
  /** How many matching requests are hit; null: all from now on. */
  times: z.number().int().min(1).nullable().default(1),
  /** How many matching requests go through before the first is hit. */
  after: z.number().int().min(0).default(0),
  /**
   * `status`: answer with `status`, `headers` and `body` · `html`: a vendor's error page where JSON is expected · `delay`: answer
   * `delayMs` late · `reset`: drop the connection with a TCP reset · `hang`: never answer · `truncate`: the real answer, cut in half.
   */
  kind: z.enum(['status', 'html', 'delay', 'reset', 'hang', 'truncate']),
  /** `before`: the request is not processed (except `delay`). `after`: it is processed and only the answer suffers. `truncate` is always `after`. */
  phase: z.enum(['before', 'after']).default('before'),
  /** Status of `status` (default 503) and `html` (default 200). */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).default({}),
  /** A text, or a JSON value that is sent as such. */
  body: z.unknown().optional(),
  /** The body as base64, for bytes that are no text. */
  bodyBase64: z.base64().optional(),
  delayMs: z.number().int().min(0).max(600_000).default(1000),
});
export type FaultRule = z.output<typeof faultRule>;

interface Placed {
  id: string;
  rule: FaultRule;
  seen: number;
  hit: number;
}

/** The faults in force, oldest first. A request is hit by the first rule that matches and is due. */
export class FaultList {
  #placed: Placed[] = [];
  #last = 0;
  #cleared = new AbortController();

  /** Aborts when the faults are deleted: whoever hangs lets go. */
  get cleared(): AbortSignal {
    return this.#cleared.signal;
  }

  add(rules: FaultRule[]): string[] {
    return rules.map((rule) => {
      const id = `fault_${(this.#last += 1)}`;
      this.#placed.push({ id, rule, seen: 0, hit: 0 });
      return id;
    });
  }

  list(): Placed[] {
    return this.#placed.map((placed) => ({ ...placed }));
  }

  clear(): void {
    this.#placed = [];
    this.#cleared.abort();
    this.#cleared = new AbortController();
  }

  /** The fault that hits this request, if any; counts it. */
  take(method: string, path: string): FaultRule | null {
    for (const placed of this.#placed) {
      const { match, after, times } = placed.rule;
      if ((match.method && match.method !== method) || (match.path && !path.startsWith(match.path))) continue;
      placed.seen += 1;
      if (placed.seen <= after || (times !== null && placed.hit >= times)) continue;
      placed.hit += 1;
      return placed.rule;
    }
    return null;
  }
}
