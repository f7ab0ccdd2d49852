import { connections, Secret, type authorizationAbandoned, type Connection, type DataOf, type KeyCredential, type Principal, type RequestOf } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import type { Registry } from './harness.js';

type Over<Contract extends (typeof connections)[keyof typeof connections]> = Partial<RequestOf<Contract>>;

/** What tests do with connections, in few words. */
export function verbs(registry: () => Registry) {
  const key = (text = 'sk_test_1'): KeyCredential => ({ type: 'SECRET_TEXT', secretText: new Secret(text) });
  const authorize = (principal: Principal, over: Over<typeof connections.authorize> = {}) =>
    registry().call(connections.authorize, {
      principal, connector: 'sandbox_crm', inputs: {}, scope: 'PROJECT', allowOtherAccount: false, callback: 'connectors', browserBinding: new Secret('cookie'), ...over,
    });
  const connect = (principal: Principal, over: Over<typeof connections.connect> = {}) =>
    registry().call(connections.connect, { principal, connector: 'sandbox_graphql', inputs: {}, scope: 'PROJECT', value: key(), allowOtherAccount: true, ...over });
  const page = (principal: Principal, over: Over<typeof connections.list> = {}) => registry().call(connections.list, { principal, limit: 100, ...over });
  const list = async (principal: Principal, over: Over<typeof connections.list> = {}) => (await page(principal, over)).data;
  const only = async (principal: Principal): Promise<Connection> => {
    const found = await list(principal);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const account = { id: 'acct_1', name: 'Acme Inc' };
  /** What the keeper says of a credential it has stored. */
  const stored = (credentialVersion: number) => ({ account, credentialVersion, type: 'OAUTH2' as const, inputs: {}, scopes: ['crm.read'] });
  return {
    key,
    authorize,
    connect,
    page,
    list,
    only,
    stored,
    get: (principal: Principal, id: string) => registry().call(connections.get, { principal, id }),
    remove: (principal: Principal, id: string, force = false) => registry().call(connections.delete, { principal, id, force }),
    activate: (connectionId: string, credentialVersion: number, over: Partial<RequestOf<typeof connections.activate>> = {}) =>
      registry().call(connections.activate, { connectionId, ...stored(credentialVersion), ...over }),
    fact: ({ id: connectionId, platformId, projectId, connector }: Connection) => ({ connectionId, platformId, projectId, connector }),
    abandoned: (connectionId: string, principal: Principal, authorizationId: string): DataOf<typeof authorizationAbandoned> => ({
      connectionId, platformId: principal.platformId!, projectId: principal.projectId, connector: 'sandbox_crm', authorizationId, outcome: 'expired',
    }),
    /** Waits until the registry has had the effect of an event (its inbox row commits with the effect). */
    handled: (eventId: string) =>
      waitFor(async () => (await registry().database.query('SELECT 1 FROM registry.inbox WHERE event_id = $1', [eventId])).length > 0, { what: `the effect of ${eventId}` }),
    auditOf: async (targetId: string) =>
      (await registry().database.query<{ action: string }>(
        `SELECT action || CASE outcome WHEN 'done' THEN '' ELSE ' ' || outcome END AS action FROM registry.audit_entry WHERE target_id = $1 ORDER BY place`, [targetId])).map(({ action }) => action),
  };
}
