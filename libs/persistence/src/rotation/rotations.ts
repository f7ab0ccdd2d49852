import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { isOutage } from '@trunkline/messaging';
import { AppError, every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import type { Principal, ReplyOf, RequestOf, Rotation, RotationContracts } from '@trunkline/contracts';
import { Outbox } from '../outbox/outbox.js';
import { carryOutStep, type RotationParts } from './carry-out-step.js';
import type { Claim } from './rotation-store.js';

/** Injection token of what a rotation works with. */
export const ROTATION_PARTS = Symbol('ROTATION_PARTS');

const intervalMs = 2_000;
const pauseSeconds = 5;
/** How long a rotation that this replica cannot carry out is left to others. */
const leftMs = 10_000;

/** Starts and tells rotations, and carries their steps out: every replica takes its share, and goes on where another one died. */
@Injectable()
export class Rotations implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #left = new Map<string, number>();
  #loop: Loop | undefined;

  constructor(
    @Inject(ROTATION_PARTS) private readonly parts: RotationParts,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
  ) {}

  /** @throws AppError AUTHORIZATION */
  async start({ principal, rotation }: RequestOf<RotationContracts['start']>): Promise<ReplyOf<RotationContracts['start']>> {
    requireOperator(principal);
    const { kind, tenant = null, destroyOld } = rotation;
    if (kind === 'master' && destroyOld) {
      throw new AppError('VALIDATION', 'destroyOld: is for data keys; a master key is destroyed by whoever holds it, when the rotation is done.', { params: { issues: [{ path: 'destroyOld', message: 'is for data keys' }] } });
    }
    const targetVersion = kind === 'master' ? await this.parts.masterKeys.primaryVersion() : null;
    const started = await this.parts.store.start({ kind, tenant, destroyOld, targetVersion }, principal, this.outbox);
    this.#loop?.nudge();
    return started;
  }

  /** @throws AppError AUTHORIZATION, ENTITY_NOT_FOUND */
  async get({ principal, id }: RequestOf<RotationContracts['get']>): Promise<Rotation> {
    requireOperator(principal);
    const rotation = await this.parts.store.find(id);
    if (rotation === undefined) throw AppError.notFound('rotation', id);
    return rotation;
  }

  /** @throws AppError AUTHORIZATION */
  async list({ principal }: RequestOf<RotationContracts['list']>): Promise<ReplyOf<RotationContracts['list']>> {
    requireOperator(principal);
    return { rotations: await this.parts.store.latest() };
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'key rotation', this.context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    for (const [id, until] of this.#left) if (performance.now() > until) this.#left.delete(id);
    const claim = await this.parts.store.claim([...this.#left.keys()]);
    if (claim === undefined) return;
    try {
      if ((await carryOutStep(this.parts, claim)) === 'left') this.#left.set(claim.id, performance.now() + leftMs);
    } catch (error) {
      await this.#tellVain(claim, error);
    }
    return 'again';
  }

  async #tellVain(claim: Claim, error: unknown): Promise<void> {
    this.context.logger.warn({ error, rotationId: claim.id, kind: claim.kind }, 'a step of a key rotation failed; it is tried again');
    const what = isOutage(error) ? 'a part of the platform, or whoever holds the master keys, cannot be reached' : 'a step failed; the log says why';
    await this.parts.store.postponed(claim, pauseSeconds, what);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}

/** Keys are the installation's: no platform's admin may touch them. */
function requireOperator({ kind }: Principal): void {
  if (kind !== 'operator') throw new AppError('AUTHORIZATION', "Rotating keys needs the installation's own admin key.");
}
