import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { runs, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { RunEvents, snapshotOf, type Snapshot } from './run-events.js';

const askEveryMs = 1_000;
const beatEveryMs = 15_000;
/** A key that was revoked, or a person who left the project, watches so long and no longer: the client comes back and is asked who it is. */
const longestStreamMs = 600_000;

/** A run somebody watches: asked about once a second, for all of them. */
interface Watch {
  /** Tenants of whom the orchestrator has said that the run is theirs to see, and who asks for them. */
  readonly admitted: Map<string, Principal>;
  readonly clients: Set<RunEvents>;
  latest: Snapshot;
  timer: NodeJS.Timeout;
}

const tenantOf = ({ platformId, projectId, reach }: Principal): string => JSON.stringify([platformId, projectId, reach]);

/** Progress of runs for those who watch it. */
@Injectable()
export class RunWatches implements BeforeApplicationShutdown {
  readonly #rpc: RpcClient;
  readonly #context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>;
  readonly #watches = new Map<string, Watch>();
  readonly #streamsOf = new Map<string, number>();
  #stopping = false;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#context = context;
  }

  /**
   * Events of a run from now on, beginning with how it stands.
   *
   * @returns null if the client has seen the end already
   * @throws AppError RATE_LIMITED, and what `runs.get` says
   */
  async watch(principal: Principal, runId: string, seen: string | null): Promise<RunEvents | null> {
    const leave = this.#enter(principal);
    try {
      const known = this.#watches.get(runId);
      const latest = known?.admitted.has(tenantOf(principal)) === true ? known.latest : snapshotOf(await this.#rpc.call(runs.get, { principal, id: runId }));
      if (latest.over && latest.id === seen) {
        leave();
        return null;
      }
      return this.#join(principal, runId, latest, seen, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** @throws AppError RATE_LIMITED */
  #enter({ kind, id }: Principal): () => void {
    const who = `${kind}:${id}`;
    const { progressStreams } = this.#context.config;
    const open = this.#streamsOf.get(who) ?? 0;
    if (open >= progressStreams) {
      throw new AppError('RATE_LIMITED', `This key or person watches ${progressStreams} runs already. Close a stream before you open another.`, { params: { retryAfterSeconds: 5 } });
    }
    this.#streamsOf.set(who, open + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const rest = this.#streamsOf.get(who)! - 1;
      if (rest === 0) this.#streamsOf.delete(who);
      else this.#streamsOf.set(who, rest);
    };
  }

  #join(principal: Principal, runId: string, latest: Snapshot, seen: string | null, leave: () => void): RunEvents {
    const client = new RunEvents(seen, () => {
      clearInterval(heartbeat);
      clearTimeout(longest);
      leave();
      this.#part(runId, client);
    });
    const heartbeat = setInterval(() => client.beat(), beatEveryMs);
    const longest = setTimeout(() => client.leave(), longestStreamMs);
    client.tell(latest);
    if (this.#stopping) client.leave();
    else if (!latest.over) {
      // Somebody may have begun to watch while this one was let in.
      const watch = this.#watches.get(runId) ?? this.#begin(runId, latest);
      watch.admitted.set(tenantOf(principal), principal);
      watch.clients.add(client);
    }
    return client;
  }

  #begin(runId: string, latest: Snapshot): Watch {
    const watch: Watch = { admitted: new Map(), clients: new Set(), latest, timer: this.#later(runId) };
    this.#watches.set(runId, watch);
    return watch;
  }

  #later = (runId: string): NodeJS.Timeout => setTimeout(() => void this.#ask(runId), askEveryMs);

  async #ask(runId: string): Promise<void> {
    const watch = this.#watches.get(runId);
    const [asker] = watch?.admitted.values() ?? [];
    if (watch === undefined || asker === undefined) return;
    try {
      watch.latest = snapshotOf(await this.#rpc.call(runs.get, { principal: asker, id: runId }));
      for (const client of [...watch.clients]) client.tell(watch.latest);
    } catch (error) {
      // Away for a moment: asked again. Gone (its time is over): there is nothing more to tell.
      if (!(error instanceof AppError) || error.code === 'ENTITY_NOT_FOUND' || error.code === 'AUTHORIZATION') for (const client of [...watch.clients]) client.leave();
      else this.#context.logger.debug({ error, runId }, 'the progress of a run is not known just now');
    }
    if (this.#watches.get(runId) !== watch) return;
    if (watch.latest.over) this.#watches.delete(runId);
    else watch.timer = this.#later(runId);
  }

  #part(runId: string, client: RunEvents): void {
    const watch = this.#watches.get(runId);
    if (watch === undefined || !watch.clients.delete(client) || watch.clients.size > 0) return;
    clearTimeout(watch.timer);
    this.#watches.delete(runId);
  }

  /** Ends every stream, so that the server can close; the clients go to another replica. */
  beforeApplicationShutdown(): void {
    this.#stopping = true;
    for (const { clients } of this.#watches.values()) {
      for (const client of [...clients]) {
        client.leave();
        // One that reads nothing does not see the end either.
        setTimeout(() => client.destroy(), 1_000).unref();
      }
    }
  }
}
