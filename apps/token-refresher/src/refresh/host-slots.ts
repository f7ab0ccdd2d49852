import { Inject, Injectable } from '@nestjs/common';
import { gauge, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';

/** The right to have one request under way at a host. Leaving twice is leaving once. */
export interface Slot {
  leave(): void;
}

type Queued = () => void;

interface Host {
  /** When each request under way began, by `performance.now()`; in order. */
  readonly running: Set<{ readonly since: number }>;
  readonly urgent: Set<Queued>;
  readonly behind: Set<Queued>;
  /** Leased by the sweep and not here yet. */
  readonly expected: Set<object>;
  /** How long a request takes of late, in milliseconds; null: none has ended. */
  tookMs: number | null;
}

/** A credential may be leased this long before its turn. */
const aheadMs = 250;
const mostAhead = 4;
/** A host that was never asked gets so many at first: it might hang. */
const firstTry = 8;
/** A host that takes this long is slow: it must not use up what the others need. */
const slowMs = 2_000;
const weight = 0.1;
const mostHosts = 10_000;

/**
 * So many token requests at once to one host, and no more, whoever wants them: some providers count, and one that hangs must not take
 * the others' turn. Callers come before what nobody waits for. Each replica counts its own.
 */
@Injectable()
export class HostSlots {
  readonly #cap: number;
  readonly #hosts = new Map<string, Host>();
  readonly #expected = new Map<object, Host>();
  readonly #underWay = gauge('trunkline_token_requests_under_way', 'Token requests under way.', []);
  #onRoom: () => void = () => undefined;

  constructor(@Inject(SERVICE_CONTEXT) { config }: ServiceContext<TokenRefresherConfig>) {
    this.#cap = config.refreshHostConcurrency;
  }

  /** The sweep asks to be woken when there is room again. */
  onRoom(wake: () => void): void {
    this.#onRoom = wake;
  }

  /** How many more may be leased for the host: as many as can begin soon. */
  room(name: string): number {
    const host = this.#hosts.get(name);
    if (host === undefined) return Math.min(firstTry, this.#cap);
    const tookMs = this.#pace(host);
    const most = tookMs === null ? Math.min(firstTry, this.#cap) : this.#cap + Math.min(mostAhead * this.#cap, Math.floor((this.#cap * aheadMs) / Math.max(tookMs, 1)));
    return Math.max(0, most - host.running.size - host.urgent.size - host.behind.size - host.expected.size);
  }

  isSlow(name: string): boolean {
    const host = this.#hosts.get(name);
    return host !== undefined && (this.#pace(host) ?? 0) >= slowMs;
  }

  /** The sweep holds a lease whose request is to come; it counts until it has come or is forgotten. */
  expect(lease: object, name: string): void {
    const host = this.#host(name);
    host.expected.add(lease);
    this.#expected.set(lease, host);
  }

  forget(lease: object): void {
    const host = this.#expected.get(lease);
    if (host === undefined) return;
    this.#expected.delete(lease);
    host.expected.delete(lease);
    this.#onRoom();
  }

  /** @returns undefined if there was no room within `patienceMs` */
  async enter(lease: object, name: string, urgent: boolean, patienceMs: number): Promise<Slot | undefined> {
    const host = this.#host(name);
    this.#expected.get(lease)?.expected.delete(lease);
    this.#expected.delete(lease);
    if (host.running.size < this.#cap) return this.#begin(host);
    return this.#queue(host, urgent ? host.urgent : host.behind, patienceMs);
  }

  #queue(host: Host, queue: Set<Queued>, patienceMs: number): Promise<Slot | undefined> {
    return new Promise((resolve) => {
      // The place is taken in the same moment as it is left: whoever comes in between must not find it free.
      const queued: Queued = () => end(this.#begin(host));
      const end = (slot: Slot | undefined) => {
        clearTimeout(timer);
        queue.delete(queued);
        resolve(slot);
      };
      const timer = setTimeout(() => end(undefined), Math.max(0, patienceMs));
      queue.add(queued);
    });
  }

  #begin(host: Host): Slot {
    const request = { since: performance.now() };
    host.running.add(request);
    this.#underWay.inc({});
    return {
      leave: () => {
        if (!host.running.delete(request)) return;
        this.#underWay.dec({});
        const took = performance.now() - request.since;
        host.tookMs = host.tookMs === null ? took : host.tookMs * (1 - weight) + took * weight;
        const [next] = host.urgent.size > 0 ? host.urgent : host.behind;
        next?.();
        this.#onRoom();
      },
    };
  }

  /** A host that stopped answering is known by what is still under way. */
  #pace({ tookMs, running }: Host): number | null {
    const [oldest] = running;
    const age = oldest === undefined ? 0 : performance.now() - oldest.since;
    return age >= slowMs ? Math.max(tookMs ?? 0, age) : tookMs;
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size >= mostHosts) for (const [other, host] of this.#hosts) if (isIdle(host)) this.#hosts.delete(other);
    const host: Host = { running: new Set(), urgent: new Set(), behind: new Set(), expected: new Set(), tookMs: null };
    this.#hosts.set(name, host);
    return host;
  }
}

const isIdle = ({ running, urgent, behind, expected }: Host): boolean => running.size + urgent.size + behind.size + expected.size === 0;
