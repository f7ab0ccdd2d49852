import type { ConnectionStatus, StatusReason } from '@trunkline/contracts';

/** What may happen to a connection. */
export const moves = [
  'credential_stored',
  'credential_broken',
  'credential_refreshed',
  'calls_failing',
  'calls_succeeding',
  'key_expired',
  'key_renewed',
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
  active: { credential_broken: ['degraded'], calls_failing: ['degraded'], key_expired: ['degraded'], disable: ['disabled'], delete_while_referenced: ['missing'] },
  degraded: {
    credential_stored: ['active'],
    credential_refreshed: ['active'],
    calls_succeeding: ['active'],
    key_renewed: ['active'],
    disable: ['disabled'],
    delete_while_referenced: ['missing'],
  },
  // Only a person takes the hold off again; it then stands where it would have stood.
  disabled: { enable: ['active', 'degraded', 'pending'], delete_while_referenced: ['missing'] },
  missing: { credential_stored: ['active'] },
};

/** Reasons that a successful refresh disproves: the grant lives and the provider takes our client. */
const mendedByRefresh: ReadonlySet<StatusReason> = new Set(['reauth_required', 'refresh_outcome_unknown', 'connector_misconfigured']);

/** Reasons that calls give, and calls that succeed take away again. */
const saidByCalls: ReadonlySet<StatusReason | null> = new Set(['calls_failing', 'insufficient_scope']);

export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** Why it is degraded; kept while it is disabled, so that enabling does not hide it. */
  readonly statusReason: StatusReason | null;
  /** Version of the newest credential heard of; null before the first. */
  readonly credentialVersion: number | null;
}

type Standing = Pick<ConnectionState, 'status' | 'statusReason'>;

/** Where a connection stands after a move. The reason is the move's own (`credential_broken`, `calls_failing`). */
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
    case 'calls_failing': {
      if (status !== 'active' && !(status === 'degraded' && saidByCalls.has(statusReason))) return stays;
      return { status: 'degraded', statusReason: saidByCalls.has(reason) ? reason : 'calls_failing' };
    }
    case 'calls_succeeding':
      return saidByCalls.has(statusReason) ? withoutReason(status) : stays;
    // Whoever must connect again anyway needs no second reason.
    case 'key_expired':
      return status === 'active' || (status === 'degraded' && saidByCalls.has(statusReason)) ? { status: 'degraded', statusReason: 'key_expired' } : stays;
    case 'key_renewed':
      return statusReason === 'key_expired' ? withoutReason(status) : stays;
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
export type Fact =
  | { readonly kind: 'activated'; readonly recovered: boolean }
  | { readonly kind: 'degraded'; readonly reason: StatusReason }
  | { readonly kind: 'disabled' };

export function factOf(before: Standing, now: Standing): Fact | null {
  if (now.status === 'active' && before.status !== 'active') {
    return { kind: 'activated', recovered: before.status === 'degraded' || before.status === 'disabled' };
  }
  if (now.status === 'degraded' && now.statusReason !== null && (before.status !== 'degraded' || before.statusReason !== now.statusReason)) {
    return { kind: 'degraded', reason: now.statusReason };
  }
  return now.status === 'disabled' && before.status !== 'disabled' ? { kind: 'disabled' } : null;
}

/** Whether the keeper may hand out the credential at all. That of a deleted connection may still be on its way to destruction. */
export const isEnabled = ({ status }: Pick<ConnectionState, 'status'>): boolean => status !== 'disabled' && status !== 'missing';

/** Reasons with which a credential may still do: the person need not come back. */
const usableWith: ReadonlySet<StatusReason | null> = new Set(['calls_failing', 'insufficient_scope', 'connector_misconfigured']);

/** Whether flows can be given this connection: it works, or will again by itself. */
export const isUsable = ({ status, statusReason }: Standing): boolean => status === 'active' || (status === 'degraded' && usableWith.has(statusReason));

/**
 * Whether news of a credential is news at all. Events of different kinds overtake each other: what is said of an older credential
 * than the newest known says nothing of the connection any more. A credential is stored once, so the same version again is a repeat;
 * it may break or be refreshed under the version it has.
 */
export function isNews(state: ConnectionState, move: 'credential_stored' | 'credential_broken' | 'credential_refreshed', version: number): boolean {
  if (state.credentialVersion === null) return true;
  return move === 'credential_stored' ? version > state.credentialVersion : version >= state.credentialVersion;
}
