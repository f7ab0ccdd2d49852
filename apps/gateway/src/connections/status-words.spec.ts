import { connectionStatus, statusReason, type Connection } from '@trunkline/contracts';
import { apexStatus, appConnectionStatus, appConnectionStatuses, profileStatus, reeveStatus, statusFilter } from './status-words.js';

type State = Pick<Connection, 'status' | 'statusReason'>;

/** Every state a connection can be in. */
const states: State[] = connectionStatus.options.flatMap((status): State[] =>
  status === 'degraded' ? statusReason.options.map((reason) => ({ status, statusReason: reason })) : [{ status, statusReason: null }],
);

describe('a connection\'s state', () => {
  it.each([
    ['pending', null, 'pending', 'MISSING', 'pending', 'disconnected'],
    ['active', null, 'active', 'ACTIVE', 'connected', 'connected'],
    ['degraded', 'calls_failing', 'degraded', 'ACTIVE', 'degraded', 'connected'],
    ['degraded', 'reauth_required', 'degraded', 'ERROR', 'error', 'disconnected'],
    ['degraded', 'insufficient_scope', 'degraded', 'ERROR', 'error', 'disconnected'],
    ['degraded', 'key_expired', 'degraded', 'ERROR', 'error', 'disconnected'],
    ['disabled', null, 'disabled', 'ERROR', 'disabled', 'disconnected'],
    ['missing', null, 'pending', 'MISSING', 'missing', 'disconnected'],
  ] as const)('%s (%s) in the words of each reference', (status, reason, apixx, activepieces, apex, reeve) => {
    const state = { status, statusReason: reason };
    expect([profileStatus(state), appConnectionStatus(state), apexStatus(state), reeveStatus(state)]).toEqual([apixx, activepieces, apex, reeve]);
  });

  const combinations = [...Array(8).keys()].map((bits) => appConnectionStatuses.filter((_, index) => (bits & (1 << index)) !== 0));
  it.each(combinations.filter((words) => words.length > 0))('is found by a filter exactly when its word is asked for: %s %s %s', (...words) => {
    const wanted = words.filter((word) => word !== undefined);
    const { status, statusReason: reasons } = statusFilter(wanted);
    for (const state of states) {
      const passes = (status === undefined || status.includes(state.status)) && (state.status !== 'degraded' || reasons === undefined || reasons.includes(state.statusReason!));
      expect([state, passes]).toEqual([state, wanted.includes(appConnectionStatus(state))]);
    }
  });
});
