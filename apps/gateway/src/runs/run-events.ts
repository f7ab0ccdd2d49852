import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { run as runSchema, type Run } from '@trunkline/contracts';

/** A run as it is told: `id` names what it says, so whoever has seen that needs nothing until it says something else. */
export interface Snapshot {
  readonly id: string;
  readonly data: string;
  readonly over: boolean;
  readonly status: Run['status'];
}

export function snapshotOf(run: Run): Snapshot {
  const data = JSON.stringify(z.encode(runSchema, run));
  return { id: createHash('sha256').update(data).digest('base64url').slice(0, 22), data, over: run.finishedAt !== null, status: run.status };
}

/**
 * Server-sent events of one run for one client (HTML Living Standard, §9.2). Holds the newest snapshot and nothing older: who reads
 * slowly skips what is past.
 */
export class RunEvents extends Readable {
  readonly #left: () => void;
  #seen: string | null;
  #next: Snapshot | null = null;
  #beats = 0;
  #wanted = false;
  #ending = false;

  /** @param seen what the client has already (`Last-Event-ID`) @param left called once, when the client is gone or the stream is over */
  constructor(seen: string | null, left: () => void) {
    super({ highWaterMark: 16_384 });
    this.#seen = seen;
    this.#left = left;
    // How long a browser waits before it comes back, should the way break.
    this.push('retry: 3000\n\n');
  }

  tell(snapshot: Snapshot): void {
    this.#next = snapshot;
    this.#flush();
  }

  /** Keeps the way open: proxies close what is silent. */
  beat(): void {
    this.#beats = 1;
    this.#flush();
  }

  /** Nothing more from here; the client comes back, and is let in anew. */
  leave(): void {
    this.#ending = true;
    this.#flush();
  }

  override _read(): void {
    this.#wanted = true;
    this.#flush();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#left();
    done(error);
  }

  #flush(): void {
    if (!this.#wanted || this.destroyed || this.readableEnded) return;
    const snapshot = this.#next;
    const text = `${this.#progress(snapshot)}${this.#beats > 0 ? ': still here\n\n' : ''}`;
    this.#next = null;
    this.#beats = 0;
    if (text !== '') this.#wanted = this.push(text);
    if (snapshot?.over !== true && !this.#ending) return;
    this.#wanted = false;
    if (snapshot?.over === true) this.push(`event: end\nid: ${snapshot.id}\ndata: ${JSON.stringify({ status: snapshot.status })}\n\n`);
    this.push(null);
  }

  #progress(snapshot: Snapshot | null): string {
    if (snapshot === null || snapshot.id === this.#seen) return '';
    this.#seen = snapshot.id;
    return `event: progress\nid: ${snapshot.id}\ndata: ${snapshot.data}\n\n`;
  }
}
