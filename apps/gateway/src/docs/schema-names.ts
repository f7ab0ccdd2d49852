import { z } from 'zod';
import {
  account, apiKey, auditEntry, connectionInputs, connectionMetadata, connectionScope, connectionType, connectorAuthMethod, connectorInput, connectorStream, credentialField, flow, flowChange,
  httpError, member, newApiKey, newFlow, newMember, newOauthApp, newPlatform, newProject, newSession, newSigningKey, newUser, newWebhook, oauthApp, platform, platformChange, project,
  projectChange, rotation, run, scope, session, signingKey, statusReason, streamProgress, sync, user, userChange, webhook, webhookChange, webhookDelivery,
} from '@trunkline/contracts';
import { appConnection } from '../app-connections/app-connection.js';
import { updateBody, upsertBody } from '../app-connections/app-connection-requests.js';
import { appConnectionValue } from '../app-connections/app-connection-value.js';
import { connectionOwner } from '../app-connections/app-connections.controller.js';
import { authorizationUrl } from '../app-connections/authorization-url.controller.js';
import { connectorProfile, profileHealth } from '../app-connections/profile.js';
import { grantedScopes } from '../app-connections/profiles.controller.js';
import { begunReconnect } from '../app-connections/reconnect.controller.js';
import { connected } from '../authorization/authorization.controller.js';
import { apexConnector, reeveConnection } from '../connections/connections.controller.js';
import { catalogConnector, catalogConnectorDetails } from '../connectors/connectors.controller.js';
import { egressRegion } from '../egress-addresses/egress-addresses.js';
import { startedSync } from '../syncs/syncs.controller.js';
import { usableToken } from '../tokens/usable-token.js';

const named = {
  Error: httpError,
  Account: account,
  ApiKey: apiKey,
  AppConnection: appConnection,
  AppConnectionChange: updateBody,
  AppConnectionValue: appConnectionValue,
  AuditEntry: auditEntry,
  AuthorizationUrl: authorizationUrl,
  BegunReconnect: begunReconnect,
  CatalogConnector: catalogConnector,
  CatalogConnectorDetails: catalogConnectorDetails,
  ConnectedProvider: connected,
  ConnectionInputs: connectionInputs,
  ConnectionMetadata: connectionMetadata,
  ConnectionOwner: connectionOwner,
  ConnectionScope: connectionScope,
  ConnectionType: connectionType,
  Connector: apexConnector,
  ConnectorAuthMethod: connectorAuthMethod,
  ConnectorInput: connectorInput,
  ConnectorProfile: connectorProfile,
  ConnectorStream: connectorStream,
  ConnectorProfileHealth: profileHealth,
  CredentialField: credentialField,
  EgressRegion: egressRegion,
  Flow: flow,
  FlowChange: flowChange,
  GrantedScopes: grantedScopes,
  Member: member,
  NewApiKey: newApiKey,
  NewFlow: newFlow,
  NewMember: newMember,
  NewOauthApp: newOauthApp,
  NewPlatform: newPlatform,
  NewProject: newProject,
  NewSession: newSession,
  NewSigningKey: newSigningKey,
  NewUser: newUser,
  NewWebhook: newWebhook,
  OauthApp: oauthApp,
  Platform: platform,
  PlatformChange: platformChange,
  Project: project,
  ProjectChange: projectChange,
  ProviderConnection: reeveConnection,
  Rotation: rotation,
  Run: run,
  Scope: scope,
  Session: session,
  SigningKey: signingKey,
  StartedSync: startedSync,
  StatusReason: statusReason,
  StreamProgress: streamProgress,
  Sync: sync,
  UpsertAppConnection: upsertBody,
  UsableToken: usableToken,
  User: user,
  UserChange: userChange,
  Webhook: webhook,
  WebhookChange: webhookChange,
  WebhookDelivery: webhookDelivery,
} satisfies Record<string, z.ZodType>;

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) names.add(schema, { id });

/** What a schema is called in the API's description, instead of standing there in full wherever it is used, and what it says of itself. */
export const schemaNotes = { get: (schema: z.ZodType) => ({ ...z.globalRegistry.get(schema), ...names.get(schema) }) } as unknown as typeof z.globalRegistry;
