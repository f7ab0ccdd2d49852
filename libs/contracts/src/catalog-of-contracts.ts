import type { EventContract, RpcContract } from './kit/define.js';
import { authorizationAbandoned, authorizations, oauthApps } from './authorization.js';
import { auditRecorded, audits } from './audit.js';
import {
  connectionActivated,
  connectionCalled,
  connectionConfigured,
  connectionDegraded,
  connectionDeleted,
  connectionDisabled,
  connectionExpiring,
  connections,
} from './connection.js';
import { connectors } from './connector.js';
import { credentialBroken, credentialRefreshed, credentialRevoked, credentialStored, credentials } from './credential.js';
import { flows } from './flow.js';
import { signingKeys } from './signing-key.js';
import { syncRunFinished, syncTaskJob, syncs } from './sync.js';
import { apiKeys, members, platforms, principals, projects, sessions, users } from './tenancy.js';
import { clientSecretRotations, credentialRotations } from './vault.js';

/** Everything that crosses NATS, in one list: permissions, documentation and tests are made from it. */
export const rpcContracts: readonly RpcContract[] = [
  platforms,
  projects,
  users,
  members,
  apiKeys,
  sessions,
  principals,
  audits,
  connectors,
  connections,
  oauthApps,
  authorizations,
  credentials,
  signingKeys,
  credentialRotations,
  clientSecretRotations,
  flows,
  syncs,
].flatMap((noun): RpcContract[] => Object.values(noun));

export const eventContracts: readonly EventContract[] = [
  connectionActivated,
  connectionDegraded,
  connectionDisabled,
  connectionDeleted,
  connectionConfigured,
  connectionExpiring,
  connectionCalled,
  auditRecorded,
  credentialStored,
  credentialRefreshed,
  credentialBroken,
  credentialRevoked,
  authorizationAbandoned,
  syncRunFinished,
];

export const jobContracts = [syncTaskJob] as const;
