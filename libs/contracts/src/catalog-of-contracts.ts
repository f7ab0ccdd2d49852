import type { EventContract, RpcContract } from './kit/define.js';
import { authorizationAbandoned, authorizations, oauthApps } from './authorization.js';
import { auditRecorded, audits } from './audit.js';
import {
  connectionActivated,
  connectionCalled,
  connectionConfigured,
  connectionBroken,
  connectionRecovered,
  connectionDeleted,
  connectionDisabled,
  connectionExpiring,
  connections,
} from './connection.js';
import { connectLinks } from './connect-link.js';
import { connectorDefined, connectorDefinitions, dryRuns } from './connector-definition.js';
import { connectors } from './connector.js';
import { credentialBroken, credentialExpiring, credentialRefreshed, credentialRevoked, credentialStored, credentials } from './credential.js';
import { flows } from './flow.js';
import { signingKeys } from './signing-key.js';
import { runs, syncRunFinished, syncTaskJob, syncs } from './sync.js';
import { apiKeys, members, platforms, principals, projects, sessions, users } from './tenancy.js';
import { clientSecretRotations, credentialRotations, webhookSecretRotations } from './vault.js';
import { webhooks } from './webhook.js';

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
  connectLinks,
  webhooks,
  oauthApps,
  authorizations,
  credentials,
  signingKeys,
  credentialRotations,
  clientSecretRotations,
  webhookSecretRotations,
  flows,
  syncs,
  runs,
  connectorDefinitions,
  dryRuns,
].flatMap((noun): RpcContract[] => Object.values(noun));

export const eventContracts: readonly EventContract[] = [
  connectionActivated,
  connectionBroken,
  connectionRecovered,
  connectionDisabled,
  connectionDeleted,
  connectionConfigured,
  connectionExpiring,
  connectionCalled,
  auditRecorded,
  credentialStored,
  credentialRefreshed,
  credentialExpiring,
  credentialBroken,
  credentialRevoked,
  authorizationAbandoned,
  syncRunFinished,
  connectorDefined,
];

export const jobContracts = [syncTaskJob] as const;
