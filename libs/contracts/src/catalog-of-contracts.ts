import type { EventContract, RpcContract } from './kit/define.js';
import { authorizationAbandoned, authorizations, oauthApps } from './authorization.js';
import { connectionActivated, connectionDegraded, connectionDeleted, connections } from './connection.js';
import { connectors } from './connector.js';
import { credentialBroken, credentialRefreshed, credentialRevoked, credentialStored, credentials } from './credential.js';
import { syncRunFinished, syncTaskJob, syncs } from './sync.js';
import { apiKeys, platforms, principals, projects, users } from './tenancy.js';

/** Everything that crosses NATS, in one list: permissions, documentation and tests are made from it. */
export const rpcContracts: readonly RpcContract[] = [
  platforms,
  projects,
  users,
  apiKeys,
  principals,
  connectors,
  connections,
  oauthApps,
  authorizations,
  credentials,
  syncs,
].flatMap((noun): RpcContract[] => Object.values(noun));

export const eventContracts: readonly EventContract[] = [
  connectionActivated,
  connectionDegraded,
  connectionDeleted,
  credentialStored,
  credentialRefreshed,
  credentialBroken,
  credentialRevoked,
  authorizationAbandoned,
  syncRunFinished,
];

export const jobContracts = [syncTaskJob] as const;
