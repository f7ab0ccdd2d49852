import type { Connection, ConnectionStatus, StatusReason } from '@trunkline/contracts';
import { statusReason } from '@trunkline/contracts';

type State = Pick<Connection, 'status' | 'statusReason'>;

/** Reasons that only a person can mend (DESIGN §4: "reauth required"): all but calls that happen to fail. */
const needsPerson = (state: State): boolean => state.statusReason !== null && state.statusReason !== 'calls_failing';

export const apexStatuses = ['pending', 'connected', 'degraded', 'error', 'disabled', 'missing'] as const;

/** A connection's state in the words of the apex reference. */
export function apexStatus(state: State): (typeof apexStatuses)[number] {
  if (state.status === 'active') return 'connected';
  if (state.status === 'degraded') return needsPerson(state) ? 'error' : 'degraded';
  return state.status;
}

/** A connection's state in the words of the reeve reference. */
export function reeveStatus(state: State): 'connected' | 'disconnected' {
  if (state.status === 'active') return 'connected';
  return state.status === 'degraded' && !needsPerson(state) ? 'connected' : 'disconnected';
}

export const profileStatuses = ['active', 'degraded', 'disabled', 'pending'] as const;

/** A connection's state in the words of the apixx reference. It knows no placeholders: what nobody has connected yet is pending. */
export function profileStatus(state: State): (typeof profileStatuses)[number] {
  return state.status === 'missing' ? 'pending' : state.status;
}

export const appConnectionStatuses = ['ACTIVE', 'MISSING', 'ERROR'] as const;
export type AppConnectionStatus = (typeof appConnectionStatuses)[number];

/** A connection's state in the words of the activepieces reference. */
export function appConnectionStatus(state: State): AppConnectionStatus {
  switch (state.status) {
    case 'active':
      return 'ACTIVE';
    case 'degraded':
      return needsPerson(state) ? 'ERROR' : 'ACTIVE';
    case 'disabled':
      return 'ERROR';
    case 'pending':
    case 'missing':
      return 'MISSING';
  }
}

const statusesOf: Readonly<Record<AppConnectionStatus, readonly ConnectionStatus[]>> = {
  ACTIVE: ['active', 'degraded'],
  ERROR: ['disabled', 'degraded'],
  MISSING: ['pending', 'missing'],
};

/** The same words as a filter. `degraded` is in two of them: which one is meant, the reason says. */
export function statusFilter(wanted: readonly AppConnectionStatus[] | undefined): { status?: ConnectionStatus[]; statusReason?: StatusReason[] } {
  if (wanted === undefined || appConnectionStatuses.every((word) => wanted.includes(word))) return {};
  const status = [...new Set(wanted.flatMap((word) => statusesOf[word]))];
  const [active, error] = [wanted.includes('ACTIVE'), wanted.includes('ERROR')];
  if (active === error) return { status };
  return { status, statusReason: active ? ['calls_failing'] : statusReason.options.filter((reason) => reason !== 'calls_failing') };
}
