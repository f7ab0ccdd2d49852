import type { BudgetRule, BudgetSignal } from './budget.js';

/**
 * A budget as a row can hold it. `tokens` are requests that may be made at once at the moment `at`; they come back evenly. All moments are
 * milliseconds of one clock, the database's where several workers share the row.
 */
export interface BudgetState {
  readonly tokens: number;
  readonly at: number;
  /** The provider's own word: nothing before this moment. */
  readonly notBefore: number;
  /** When each request under way counts as lost, so that a worker that died does not hold its place for ever. */
  readonly leases: readonly number[];
}

/** Longest time a request can be under way. */
export const leaseMs = 120_000;
/** How soon to look again where all places are taken: nobody knows when one is given back. */
const busyMs = 250;

export const fullBudget = (rule: BudgetRule | null, now: number): BudgetState => ({ tokens: rule?.requests ?? 0, at: now, notBefore: 0, leases: [] });

/** The outcome of asking: the state to keep, and how long to wait before asking again; 0: the request may be made. */
export interface Taken {
  readonly state: BudgetState;
  readonly waitMs: number;
}

/** Tokens at a moment. A clock that went back gives none and takes none. */
function refilled({ tokens, at }: BudgetState, rule: BudgetRule, now: number): number {
  const perMs = rule.requests / (rule.perSeconds * 1_000);
  return Math.min(rule.requests, tokens + Math.max(0, now - at) * perMs);
}

/** Asks for one request. Pure: two workers that keep the state under one row lock never spend the same token. */
export function take(state: BudgetState, rule: BudgetRule | null, now: number): Taken {
  const leases = state.leases.filter((until) => until > now);
  const tokens = rule === null ? 0 : refilled(state, rule, now);
  const idle: BudgetState = { ...state, tokens, at: Math.max(state.at, now), leases };
  if (state.notBefore > now) return { state: idle, waitMs: state.notBefore - now };
  if (rule === null) return { state: { ...idle, leases: [] }, waitMs: 0 };
  if (rule.concurrency !== undefined && leases.length >= rule.concurrency) return { state: idle, waitMs: busyMs };
  if (tokens < 1) return { state: idle, waitMs: Math.max(1, Math.ceil(((1 - tokens) * rule.perSeconds * 1_000) / rule.requests)) };
  return { state: { ...idle, tokens: tokens - 1, leases: rule.concurrency === undefined ? leases : [...leases, now + leaseMs] }, waitMs: 0 };
}

/**
 * Gives a request's place back and takes over what its answer says. The provider counts what others spend too, so its number lowers ours and
 * never raises it; of two moments to wait for the later one holds.
 */
export function settle(state: BudgetState, rule: BudgetRule | null, signal: BudgetSignal | null, now: number): BudgetState {
  const [, ...leases] = [...state.leases].sort((left, right) => left - right);
  const tokens = rule === null ? 0 : refilled(state, rule, now);
  const remaining = signal?.remaining ?? null;
  return {
    tokens: remaining === null || rule === null ? tokens : Math.min(tokens, Math.max(0, remaining)),
    at: Math.max(state.at, now),
    notBefore: Math.max(state.notBefore, signal?.notBefore ?? 0),
    leases,
  };
}
