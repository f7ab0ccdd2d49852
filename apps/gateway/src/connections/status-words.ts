import type { Connection } from '@trunkline/contracts';

type State = Pick<Connection, 'status' | 'statusReason'>;

/** Reasons that only the person can mend, by connecting again (DESIGN §4: "reauth required"). */
const needsReconnect = (state: State): boolean => state.statusReason !== null && state.statusReason !== 'calls_failing';

/** A connection's state in the words of the apex reference. */
export function apexStatus(state: State): string {
  if (state.status === 'active') return 'connected';
  if (state.status === 'degraded') return needsReconnect(state) ? 'error' : 'degraded';
  return state.status;
}

/** A connection's state in the words of the reeve reference. */
export function reeveStatus(state: State): 'connected' | 'disconnected' {
  if (state.status === 'active') return 'connected';
  return state.status === 'degraded' && !needsReconnect(state) ? 'connected' : 'disconnected';
}
