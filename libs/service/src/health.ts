/** One thing a service needs in order to be useful. */
export type ReadinessCheck = () => Promise<void>;

export interface Readiness {
  status: 'ok' | 'unavailable';
  checks: Record<string, 'ok' | string>;
}

const checkTimeoutMs = 2_000;

/**
 * What makes up "ready" in this process. Live means only that the process answers; ready means that every dependency answered
 * within two seconds and that the process is not stopping.
 */
export class Health {
  readonly #checks = new Map<string, ReadinessCheck>();
  #stopping = false;

  /** Adds a check; the returned function takes it away again. */
  register(name: string, check: ReadinessCheck): () => void {
    this.#checks.set(name, check);
    return () => this.#checks.delete(name);
  }

  /** From now on not ready: load balancers turn away while open requests are finished. */
  stop(): void {
    this.#stopping = true;
  }

  async ready(): Promise<Readiness> {
    const entries = await Promise.all(
      [...this.#checks].map(async ([name, check]): Promise<[string, string]> => [name, await outcome(check)]),
    );
    if (this.#stopping) entries.push(['process', 'stopping']);
    const status = entries.every(([, result]) => result === 'ok') ? 'ok' : 'unavailable';
    return { status, checks: Object.fromEntries(entries) };
  }
}

async function outcome(check: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), checkTimeoutMs);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    // The message of a driver may name hosts and users: the caller of /health/ready is told only which part is down.
    return error instanceof Error && error.message === 'no answer in time' ? 'no answer in time' : 'unavailable';
  } finally {
    clearTimeout(timer);
  }
}
