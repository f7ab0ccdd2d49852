import type { BudgetRule, BudgetSignal } from './budget.js';

/**
 * What was spent of a budget, as its row holds it. Moments are milliseconds of the database's clock. Spending is counted in slots of a
 * twentieth of the rule's time: a provider that counts over a sliding window must not find more in any of them than the rule allows, which a
 * bucket that fills while it is emptied cannot promise.
 */
export interface Spending {
  readonly slotMs: number;
  /** Requests per slot, oldest first: number of the slot and count. */
  readonly spent: readonly (readonly [slot: number, count: number])[];
  /** The provider's own word: nothing before this moment. */
  readonly notBefore: number;
  /** Requests under way, where they are limited: until when each counts. */
  readonly leases: Readonly<Record<string, number>>;
}

/** A request that is under way for longer has lost its place: its worker died. Longer than the egress lets one last. */
export const leaseMs = 45_000;
/** How soon to look again where all places are taken: nobody knows when one is given back. */
const busyMs = 250;
const slotsPerSpan = 20;
/** Longest wait the provider's word is taken for. */
const longestNotBeforeMs = 3_600_000;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** How long after it was granted a request may be made: it counts at its grant, so this much more than the rule's time is looked at. */
export const graceOf = ({ perSeconds }: BudgetRule): number => clamp(perSeconds * 100, 300, 5_000);

/** Requests that are taken at once, to be made within the grace: few enough that what is not used is no loss. */
export function batchOf(rule: BudgetRule): number {
  if (rule.concurrency !== undefined) return 1;
  return clamp(Math.floor((rule.requests * graceOf(rule)) / (rule.perSeconds * 4_000)), 1, 16);
}

const slotMsOf = (rule: BudgetRule | null): number => (rule === null ? 1_000 : Math.max(1, (rule.perSeconds * 1_000) / slotsPerSpan));
/** Slots within which the rule must hold: its time, the grace, and the one that has begun. */
const spanOf = (rule: BudgetRule): number => Math.ceil((rule.perSeconds * 1_000 + graceOf(rule)) / slotMsOf(rule)) + 1;

export const unspent: Spending = { slotMs: 1_000, spent: [], notBefore: 0, leases: {} };

interface Look {
  readonly slot: number;
  readonly spent: readonly (readonly [number, number])[];
  readonly free: number;
  readonly leases: Readonly<Record<string, number>>;
}

/** What still counts at a moment. A clock that went back stays in the newest slot; another rule counts everything as just spent. */
function look(state: Spending, rule: BudgetRule | null, now: number): Look {
  const slotMs = slotMsOf(rule);
  const sum = (spent: Spending['spent']) => spent.reduce((total, [, count]) => total + count, 0);
  const known = state.slotMs === slotMs ? state.spent : sum(state.spent) === 0 ? [] : [[Math.floor(now / slotMs), sum(state.spent)] as const];
  const slot = Math.max(Math.floor(now / slotMs), known.at(-1)?.[0] ?? 0);
  const span = rule === null ? 0 : spanOf(rule);
  const spent = known.filter(([one]) => one > slot - span);
  const leases = Object.fromEntries(Object.entries(state.leases).filter(([, until]) => until > now));
  return { slot, spent, free: rule === null ? Number.POSITIVE_INFINITY : Math.floor(rule.requests) - sum(spent), leases };
}

function counted(spent: Spending['spent'], slot: number, count: number): Spending['spent'] {
  const newest = spent.at(-1);
  if (count === 0) return spent;
  return newest?.[0] === slot ? [...spent.slice(0, -1), [slot, newest[1] + count]] : [...spent, [slot, count]];
}

export interface Grant {
  readonly state: Spending;
  /** Requests that may be made; 0: none, for `waitMs`. */
  readonly granted: number;
  readonly waitMs: number;
  /** Requests left after it. */
  readonly free: number;
}

/** Asks for some requests. Pure: of two workers whose states are kept under one version only one is taken at its word. */
export function spend(state: Spending, rule: BudgetRule | null, now: number, wanted: number, lease: string): Grant {
  const { slot, spent, free, leases } = look(state, rule, now);
  const idle: Spending = { slotMs: slotMsOf(rule), spent, notBefore: state.notBefore, leases };
  const refused = (waitMs: number): Grant => ({ state: idle, granted: 0, waitMs: Math.max(1, Math.ceil(waitMs)), free: Math.max(0, free) });
  if (state.notBefore > now) return refused(state.notBefore - now);
  if (rule === null) return { state: idle, granted: wanted, waitMs: 0, free };
  if (rule.concurrency !== undefined && Object.keys(leases).length >= rule.concurrency) return refused(busyMs);
  if (free < 1) return refused(((spent[0]?.[0] ?? slot) + spanOf(rule)) * idle.slotMs - now);
  const granted = Math.min(wanted, free);
  const held = rule.concurrency === undefined ? leases : { ...leases, [lease]: now + leaseMs };
  return { state: { ...idle, spent: counted(spent, slot, granted), leases: held }, granted, waitMs: 0, free: free - granted };
}

/**
 * Takes over what an answer says, and gives a place back. The provider counts what others spend too, so its number lowers ours and never
 * raises it; of two moments to wait for the later one holds. `notBeforeMs`: from now on.
 */
export function settleSpending(state: Spending, rule: BudgetRule | null, signal: { readonly remaining: BudgetSignal['remaining']; readonly notBeforeMs: number | null } | null, now: number, lease: string): Spending {
  const { slot, spent, free, leases } = look(state, rule, now);
  const { [lease]: _, ...others } = leases;
  const remaining = signal?.remaining ?? null;
  const byOthers = rule === null || remaining === null ? 0 : Math.max(0, free - Math.max(0, Math.floor(remaining)));
  const waitMs = signal?.notBeforeMs ?? null;
  const notBefore = waitMs === null ? 0 : now + clamp(waitMs, 0, longestNotBeforeMs);
  return { slotMs: slotMsOf(rule), spent: counted(spent, slot, byOthers), notBefore: Math.max(state.notBefore, notBefore), leases: others };
}
