import { AppError } from '@trunkline/service';

export type Settlement = { kind: 'ack' } | { kind: 'again'; delayMs: number } | { kind: 'dead'; reason: string };

const pausesMs = [500, 1_000, 5_000, 15_000, 60_000, 120_000, 300_000];
/** While Postgres or NATS is away a message waits, however long it takes; it is not the message's fault. */
const outagePauseMs = 2_000;

const outageCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'VAULT_UNAVAILABLE']);

/** True if the failure says nothing about the message: a database or a service is away, or two transactions met. */
export function isOutage(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'SERVICE_UNAVAILABLE' || error.code === 'CREDENTIAL_COOLDOWN';
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current ? String(current.code) : '';
    // SQLSTATE classes: 08 connection, 53 resources, 57P shutdown, 40 serialisation and deadlock.
    if (outageCodes.has(code) || /^(08|53|57P|40)/.test(code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(current.message)) return true;
  }
  return false;
}

/**
 * What becomes of a message that was tried. `attempt` counts from 1. Delays are whole milliseconds: the server reads the delay as an
 * integer and takes a fraction for "at once".
 */
export function settle(error: unknown, attempt: number, maxDeliveries: number, random: () => number = Math.random): Settlement {
  if (error === null) return { kind: 'ack' };
  if (isOutage(error)) return { kind: 'again', delayMs: Math.round(outagePauseMs * (0.5 + random())) };
  if (error instanceof AppError && error.code === 'VALIDATION') return { kind: 'dead', reason: error.message };
  if (attempt >= maxDeliveries) return { kind: 'dead', reason: error instanceof AppError ? `${error.code}: ${error.message}` : 'kept failing' };
  const pause = pausesMs[Math.min(attempt - 1, pausesMs.length - 1)]!;
  return { kind: 'again', delayMs: Math.round(pause * (0.75 + random() / 2)) };
}
