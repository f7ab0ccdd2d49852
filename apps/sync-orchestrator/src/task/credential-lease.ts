import { createHash } from 'node:crypto';
import { credentials, type ReplyOf } from '@trunkline/contracts';
import type { Credential } from '@trunkline/connector-kit';
import type { RpcClient } from '@trunkline/messaging';

type Lease = ReplyOf<typeof credentials.lease>;

/**
 * How long a credential is used before it is asked for again. The keeper hands out tokens with more life than this, so no clock has
 * to be compared; and a connection that is disabled meanwhile is noticed.
 */
const goodForMs = 20_000;

/** The credential of a connection while a worker reads on its behalf. Kept in memory, for seconds. */
export class CredentialLease {
  readonly #rpc: RpcClient;
  readonly #connection: { connectionId: string; projectId: string };
  #lease: Lease | undefined;
  #takenAt = 0;

  constructor(rpc: RpcClient, connection: { connectionId: string; projectId: string }) {
    this.#rpc = rpc;
    this.#connection = connection;
  }

  /** @throws AppError as `credentials.lease` says */
  async current(): Promise<Lease> {
    if (this.#lease === undefined || performance.now() - this.#takenAt > goodForMs) await this.#take();
    return this.#lease!;
  }

  /**
   * The provider refused the present credential: asks for a newer one.
   *
   * @returns false if there is none: the same one would only be refused again
   */
  async replace(): Promise<boolean> {
    const rejected = this.#lease === undefined ? null : digestOf(this.#lease.credential);
    if (rejected === null) return false;
    await this.#take(rejected);
    return digestOf(this.#lease!.credential) !== rejected;
  }

  async #take(rejectedTokenDigest?: string): Promise<void> {
    const asked = performance.now();
    this.#lease = await this.#rpc.call(credentials.lease, { ...this.#connection, rejectedTokenDigest });
    this.#takenAt = asked;
  }
}

/** SHA-256 of the value the provider sees, in hex; null for credentials that are no single value and are never refreshed. */
function digestOf(credential: Credential): string | null {
  const value = 'accessToken' in credential ? credential.accessToken : credential.type === 'SECRET_TEXT' ? credential.secretText : null;
  return value === null ? null : createHash('sha256').update(value.reveal()).digest('hex');
}
