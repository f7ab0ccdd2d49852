import type { ConnectorFolder } from '@trunkline/contracts';
import type { Connector } from '../schema/connector-schema.js';
import { parseCustomConnector, type Custom } from './parse-custom-connector.js';

/** A tenant's definition as its keeper tells it. */
export interface Revealed extends Custom {
  readonly version: number;
  readonly folder: ConnectorFolder;
}

/** @returns undefined if there is none of that id. @throws when the keeper cannot be asked */
export type RevealConnector = (id: string) => Promise<Revealed | undefined>;

interface Held {
  readonly connector: Connector;
  readonly version: number;
  /** By a clock that only goes forward; no longer current from the beginning if it is in the past. */
  checkedAt: number;
}

export interface CustomConnectorsOptions {
  readonly most?: number;
  readonly freshMs?: number;
  readonly now?: () => number;
}

/** Ends in a tail of eight: only such an id can be a tenant's. */
const customId = /^[a-z0-9][a-z0-9_]*_[a-z2-7]{8}$/;
export const isCustomId = (id: string): boolean => id.length <= 64 && customId.test(id);

/** After the keeper could not be asked, what is held is used so long before it is asked again. */
const patienceMs = 2_000;

/** The tenants' connectors that were used last, each no older than its keeper's word and at most half a minute. */
export class CustomConnectors {
  readonly #reveal: RevealConnector;
  readonly #most: number;
  readonly #freshMs: number;
  readonly #now: () => number;
  /** The one used last is at the end. */
  readonly #held = new Map<string, Held>();
  readonly #flights = new Map<string, Promise<void>>();

  constructor(reveal: RevealConnector, { most = 1_000, freshMs = 30_000, now = () => performance.now() }: CustomConnectorsOptions = {}) {
    this.#reveal = reveal;
    this.#most = most;
    this.#freshMs = freshMs;
    this.#now = now;
  }

  /** What was made ready before. */
  find(id: string): Connector | undefined {
    return this.#held.get(id)?.connector;
  }

  versionOf(id: string): number | undefined {
    return this.#held.get(id)?.version;
  }

  /**
   * Makes sure that what there is of an id is held, and is current. With the keeper away, what is held already goes on.
   * @throws whatever asking the keeper threw, if nothing is held
   */
  async ready(id: string): Promise<void> {
    if (!isCustomId(id)) return;
    const held = this.#held.get(id);
    if (held !== undefined) {
      this.#held.delete(id);
      this.#held.set(id, held);
      if (this.#now() - held.checkedAt < this.#freshMs) return;
    }
    await (this.#flights.get(id) ?? this.#load(id));
  }

  /** A new version is told of, or the end: it is asked for before it is used again. An answer that is under way is of the former one. */
  outdated(id: string, version: number): void {
    const held = this.#held.get(id);
    this.#flights.delete(id);
    if (held !== undefined && held.version <= version) held.checkedAt = Number.NEGATIVE_INFINITY;
  }

  #load(id: string): Promise<void> {
    const flight: Promise<void> = this.#ask(id, () => this.#flights.get(id) === flight).finally(() => {
      if (this.#flights.get(id) === flight) this.#flights.delete(id);
    });
    this.#flights.set(id, flight);
    return flight;
  }

  async #ask(id: string, isCurrent: () => boolean): Promise<void> {
    // The flight is noted before the answer can be here.
    await Promise.resolve();
    let revealed: Revealed | undefined;
    try {
      revealed = await this.#reveal(id);
    } catch (error) {
      const held = this.#held.get(id);
      if (held === undefined) throw error;
      held.checkedAt = this.#now() - this.#freshMs + patienceMs;
      return;
    }
    if (revealed === undefined) return void this.#held.delete(id);
    const held = this.#held.get(id);
    const checkedAt = isCurrent() ? this.#now() : Number.NEGATIVE_INFINITY;
    if (held !== undefined && held.version > revealed.version) return;
    if (held?.version === revealed.version) return void (held.checkedAt = checkedAt);
    this.#held.delete(id);
    this.#held.set(id, { connector: parseCustomConnector(revealed.folder, revealed), version: revealed.version, checkedAt });
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#most) break;
      this.#held.delete(oldest);
    }
  }
}
