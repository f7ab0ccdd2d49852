import type { ConnectionStatus, StatusReason } from '@trunkline/contracts';

/** What may happen to a connection. */
export const moves = [
  'credential_stored',
  'credential_broken',
  'credential_refreshed',
  'calls_failing',
  'calls_succeeding',
  'disable',
  'enable',
  'delete_while_referenced',
] as const;
export type Move = (typeof moves)[number];

/**
 * Every legal change of status. What is not listed leaves the status as it is. A connection that nothing refers to is not moved
 * to `missing` when it is deleted: its row goes.
 */
export const transitions: Readonly<Record<ConnectionStatus, Readonly<Partial<Record<Move, readonly ConnectionStatus[]>>>>> = {
  pending: { credential_stored: ['active'], credential_broken: ['degraded'], disable: ['disabled'], delete_while_referenced: ['missing'] },
  active: { credential_broken: ['degraded'], calls_failing: ['degraded'], disable: ['disabled'], delete_while_referenced: ['missing'] },
  degraded: {
    credential_stored: ['active'],
    credential_refreshed: ['active'],
    calls_succeeding: ['active'],
    disable: ['disabled'],
    delete_while_referenced: ['missing'],
  },
  // Only a person takes the hold off again; it then stands where it would have stood.
  disabled: { enable: ['active', 'degraded', 'pending'], delete_while_referenced: ['missing'] },
  missing: { credential_stored: ['active'] },
};

/** Reasons that a successful refresh disproves: the grant lives and the provider takes our client. */
const mendedByRefresh: ReadonlySet<StatusReason> = new Set(['reauth_required', 'refresh_outcome_unknown', 'connector_misconfigured']);

export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** Why it is degraded; kept while it is disabled, so that enabling does not hide it. */
  readonly statusReason: StatusReason | null;
  /** Version of the newest credential heard of; null before the first. */
  readonly credentialVersion: number | null;
}

type Standing = Pick<ConnectionState, 'status' | 'statusReason'>;

/** Where a connection stands after a move. The reason is the move's own (`credential_broken`). */
export function after(state: ConnectionState, move: Move, reason: StatusReason | null = null): Standing {
  const { status, statusReason } = state;
  const stays = { status, statusReason };
  switch (move) {
    case 'credential_stored':
      return { status: status === 'disabled' ? 'disabled' : 'active', statusReason: null };
    case 'credential_broken':
      if (status === 'missing') return stays;
      return { status: status === 'disabled' ? 'disabled' : 'degraded', statusReason: reason ?? 'reauth_required' };
    case 'credential_refreshed':
      return statusReason !== null && mendedByRefresh.has(statusReason) ? withoutReason(status) : stays;
    case 'calls_failing':
      return status === 'active' ? { status: 'degraded', statusReason: 'calls_failing' } : stays;
    case 'calls_succeeding':
      return statusReason === 'calls_failing' ? withoutReason(status) : stays;
    case 'disable':
      return status === 'missing' ? stays : { status: 'disabled', statusReason };
    case 'enable':
      if (status !== 'disabled') return stays;
      if (state.credentialVersion === null) return { status: 'pending', statusReason: null };
      return { status: statusReason === null ? 'active' : 'degraded', statusReason };
    case 'delete_while_referenced':
      return { status: 'missing', statusReason: null };
  }
}

const withoutReason = (status: ConnectionStatus): Standing => ({ status: status === 'degraded' ? 'active' : status, statusReason: null });

/** What is worth telling about a change, if anything. */
export type Fact = { readonly kind: 'activated'; readonly recovered: boolean } | { readonly kind: 'degraded'; readonly reason: StatusReason };

export function factOf(before: Standing, now: Standing): Fact | null {
  if (now.status === 'active' && before.status !== 'active') {
    return { kind: 'activated', recovered: before.status === 'degraded' || before.status === 'disabled' };
  }
  if (now.status === 'degraded' && now.statusReason !== null && (before.status !== 'degraded' || before.statusReason !== now.statusReason)) {
    return { kind: 'degraded', reason: now.statusReason };
  }
  return null;
}

/**
 * Whether news of a credential is news at all. Events of different kinds overtake each other: what is said of an older credential
 * than the newest known says nothing of the connection any more. A credential is stored once, so the same version again is a repeat;
 * it may break or be refreshed under the version it has.
 */
export function isNews(state: ConnectionState, move: 'credential_stored' | 'credential_broken' | 'credential_refreshed', version: number): boolean {
  if (state.credentialVersion === null) return true;
  return move === 'credential_stored' ? version > state.credentialVersion : version >= state.credentialVersion;
}
