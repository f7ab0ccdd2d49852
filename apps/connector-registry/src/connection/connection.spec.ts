import { connectionStatus, statusReason, type ConnectionStatus } from '@trunkline/contracts';
import { after, factOf, isEnabled, isNews, isUsable, moves, transitions, type ConnectionState, type Move } from './connection.js';

const statuses = connectionStatus.options;
const reasons = [null, ...statusReason.options];
const versions = [null, 3];

/** Every state a connection can stand in, legal or not. */
const states: ConnectionState[] = statuses.flatMap((status) =>
  reasons.flatMap((reason) => versions.map((credentialVersion) => ({ status, statusReason: reason, credentialVersion }))),
);

describe('the transitions of a connection', () => {
  it('are the only changes of status that happen', () => {
    for (const state of states) {
      for (const move of moves) {
        for (const reason of statusReason.options) {
          const now = after(state, move, reason).status;
          const legal = transitions[state.status][move] ?? [];
          if (now !== state.status) expect({ ...state, move, legal }).toMatchObject({ legal: expect.arrayContaining([now]) as unknown });
        }
      }
    }
  });

  it('all happen', () => {
    for (const status of statuses) {
      for (const [move, targets] of Object.entries(transitions[status])) {
        for (const target of targets) {
          const leads = (state: ConnectionState) => statusReason.options.some((reason) => after(state, move as Move, reason).status === target);
          const found = states.some((state) => state.status === status && leads(state));
          expect({ status, move, target, found }).toMatchObject({ found: true });
        }
      }
    }
  });

  it('reach every status from pending, and lead out of every one', () => {
    const reached = new Set<ConnectionStatus>(['pending']);
    for (const status of reached) for (const targets of Object.values(transitions[status])) for (const target of targets) reached.add(target);
    expect([...reached].sort()).toEqual([...statuses].sort());
    for (const status of statuses) expect(Object.values(transitions[status]).flat().some((target) => target !== status)).toBe(true);
  });

  it('give a degraded connection a reason, always', () => {
    for (const state of states.filter(({ status, statusReason: reason }) => status !== 'degraded' || reason !== null)) {
      for (const move of moves) {
        const now = after(state, move);
        if (now.status === 'degraded') expect(now.statusReason).not.toBeNull();
        if (now.status === 'active' && state.status !== 'active') expect(now.statusReason).toBeNull();
      }
    }
  });
});

const degraded = (reason: ConnectionState['statusReason']): ConnectionState => ({ status: 'degraded', statusReason: reason, credentialVersion: 3 });

describe('recovery', () => {
  it.each(['reauth_required', 'refresh_outcome_unknown', 'connector_misconfigured'] as const)('a refresh mends %s', (reason) => {
    expect(after(degraded(reason), 'credential_refreshed')).toEqual({ status: 'active', statusReason: null });
  });

  it.each(['calls_failing', 'insufficient_scope', 'key_expired'] as const)('a refresh does not mend %s', (reason) => {
    expect(after(degraded(reason), 'credential_refreshed')).toEqual({ status: 'degraded', statusReason: reason });
  });

  it('calls that succeed again do not hide that the grant is gone', () => {
    expect(after(degraded('reauth_required'), 'calls_succeeding').status).toBe('degraded');
    expect(after(degraded('calls_failing'), 'calls_succeeding').status).toBe('active');
  });

  it('a hold stays, and what happened meanwhile shows when it is taken off', () => {
    const held: ConnectionState = { status: 'disabled', statusReason: null, credentialVersion: 3 };
    const broken = { ...held, ...after(held, 'credential_broken', 'reauth_required') };
    expect(broken.status).toBe('disabled');
    expect(after(broken, 'enable')).toEqual({ status: 'degraded', statusReason: 'reauth_required' });
    expect(after({ ...broken, ...after(broken, 'credential_stored') }, 'enable')).toEqual({ status: 'active', statusReason: null });
    expect(after({ ...held, credentialVersion: null }, 'enable').status).toBe('pending');
  });
});

describe('what is told', () => {
  const active = { status: 'active', statusReason: null } as const;

  it('a change in either direction, once', () => {
    expect(factOf({ status: 'pending', statusReason: null }, active)).toEqual({ kind: 'activated', recovered: false });
    expect(factOf(degraded('calls_failing'), active)).toEqual({ kind: 'activated', recovered: true });
    expect(factOf(active, degraded('reauth_required'))).toEqual({ kind: 'degraded', reason: 'reauth_required' });
    expect(factOf(degraded('calls_failing'), degraded('reauth_required'))).toEqual({ kind: 'degraded', reason: 'reauth_required' });
    expect(factOf(active, { status: 'disabled', statusReason: null })).toEqual({ kind: 'disabled' });
  });

  it('nothing where nothing changed', () => {
    expect(factOf(active, active)).toBeNull();
    expect(factOf(degraded('calls_failing'), degraded('calls_failing'))).toBeNull();
    expect(factOf({ status: 'disabled', statusReason: null }, { status: 'disabled', statusReason: 'reauth_required' })).toBeNull();
  });
});

describe('what the keeper hands out', () => {
  it('is nothing of a connection that is held or missing, and no deletion takes a hold off', () => {
    expect(statuses.filter((status) => isEnabled({ status }))).toEqual(['pending', 'active', 'degraded']);
    const held: ConnectionState = { status: 'disabled', statusReason: null, credentialVersion: 3 };
    expect(isEnabled(after(held, 'delete_while_referenced'))).toBe(false);
  });
});

describe('what flows can be given', () => {
  it.each([
    ['active', null, true],
    ['degraded', 'calls_failing', true],
    ['degraded', 'reauth_required', false],
    ['degraded', 'key_expired', false],
    ['pending', null, false],
    ['disabled', null, false],
    ['missing', null, false],
  ] as const)('%s (%s): %s', (status, reason, usable) => {
    expect(isUsable({ status, statusReason: reason })).toBe(usable);
  });
});

describe('news of a credential', () => {
  const at = (credentialVersion: number | null): ConnectionState => ({ status: 'active', statusReason: null, credentialVersion });

  it('counts if it is about the newest one', () => {
    expect(isNews(at(null), 'credential_stored', 1)).toBe(true);
    expect(isNews(at(3), 'credential_stored', 4)).toBe(true);
    expect(isNews(at(3), 'credential_broken', 3)).toBe(true);
  });

  it('is old if a newer one is known, or if it repeats', () => {
    expect(isNews(at(3), 'credential_stored', 3)).toBe(false);
    expect(isNews(at(3), 'credential_stored', 2)).toBe(false);
    expect(isNews(at(3), 'credential_broken', 2)).toBe(false);
    expect(isNews(at(3), 'credential_refreshed', 2)).toBe(false);
  });
});
