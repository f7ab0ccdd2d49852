import type { FastifyRequest } from 'fastify';
import type { Principal } from '@trunkline/contracts';
import { AppError, type ConfigOf } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { clientAddress } from './client-address.js';
import { TokenBuckets } from './token-buckets.js';

/** A burst is so many seconds' worth of requests. */
const burstSeconds = 2;

/** How many requests a caller may make: by key or person once it is known who that is, by client address before. */
export class RequestLimits {
  readonly #known: TokenBuckets;
  readonly #anonymous: TokenBuckets;
  readonly #proxies: number;

  constructor({ requestsPerSecond, anonymousRequestsPerSecond, trustedProxies }: ConfigOf<typeof gatewaySettings>) {
    this.#known = new TokenBuckets(requestsPerSecond, requestsPerSecond * burstSeconds);
    this.#anonymous = new TokenBuckets(anonymousRequestsPerSecond, anonymousRequestsPerSecond * burstSeconds);
    this.#proxies = trustedProxies;
  }

  /** @throws AppError RATE_LIMITED */
  takeForPrincipal({ kind, id }: Principal): void {
    refuse(this.#known.take(`${kind}:${id}`, performance.now()), 'key or person');
  }

  /** @throws AppError RATE_LIMITED */
  takeForAddress(request: FastifyRequest): void {
    refuse(this.#anonymous.take(this.addressOf(request), performance.now()), 'client address');
  }

  /** Before a key that is not known yet is asked about: who has presented too many wrong ones waits. @throws AppError RATE_LIMITED */
  requireRoom(request: FastifyRequest): void {
    refuse(this.#anonymous.wait(this.addressOf(request), performance.now()), 'client address');
  }

  addressOf(request: FastifyRequest): string {
    return clientAddress(request.headers, request.socket.remoteAddress, this.#proxies);
  }
}

function refuse(wait: number, whose: string): void {
  if (wait > 0) throw new AppError('RATE_LIMITED', `Too many requests from this ${whose}. Try again a little later.`, { params: { retryAfterSeconds: Math.ceil(wait) } });
}
