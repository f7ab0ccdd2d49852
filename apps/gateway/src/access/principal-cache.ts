import { hash } from 'node:crypto';
import type { Principal } from '@trunkline/contracts';

interface Entry {
  principal: Principal;
  until: number;
}

const maxEntries = 10_000;

/**
 * Accepted keys, by digest and named project, for a few seconds: one question to the registry per key, project and replica in that
 * time. Refused keys are not kept, so a new key works at once. Concurrent first uses share one question.
 */
export class PrincipalCache {
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Promise<Principal>>();
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  async get(key: string, projectId: string | undefined, ask: () => Promise<Principal>): Promise<Principal> {
    // The digest, not the key: a dump of the process's maps must not be a list of keys.
    const digest = hash('sha256', `${projectId ?? ''}\n${key}`, 'base64');
    const entry = this.#entries.get(digest);
    if (entry !== undefined && entry.until > performance.now()) return entry.principal;
    const running = this.#asking.get(digest);
    if (running !== undefined) return running;
    const asked = performance.now();
    const question = ask()
      .then((principal) => {
        // Counted from the question, not the answer: the registry may have looked just before the key was revoked.
        if (this.#entries.size >= maxEntries) this.#entries.clear();
        this.#entries.set(digest, { principal, until: asked + this.#lifeMs });
        return principal;
      })
      .finally(() => this.#asking.delete(digest));
    this.#asking.set(digest, question);
    return question;
  }
}
