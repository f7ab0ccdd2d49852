export {
  Secret,
  secret,
} from './kit/secret.js';
export {
  idPrefixes,
  uuidv7,
  newId,
  id,
  platformId,
  projectId,
  userId,
  apiKeyId,
  connectionId,
  oauthAppId,
  rotationId,
  signingKeyId,
  flowId,
  syncId,
  runId,
  taskId,
  connectorId,
  streamName,
  moment,
} from './kit/ids.js';
export type {
  IdKind,
} from './kit/ids.js';
export {
  serviceNames,
  defineRpc,
  defineEvent,
  defineJob,
} from './kit/define.js';
export type {
  ServiceName,
  RpcContract,
  EventContract,
  JobContract,
  RecordsContract,
  RequestOf,
  ReplyOf,
  DataOf,
} from './kit/define.js';
export {
  errorCodes,
  errorCode,
  errorParams,
  wireError,
  httpError,
} from './errors.js';
export type {
  ErrorCode,
  ErrorParams,
  WireError,
} from './errors.js';
export {
  scopes,
  scope,
  platformRole,
  projectRole,
  principal,
  mayDo,
  scopesOfProjectRole,
} from './principal.js';
export type {
  Scope,
  PlatformRole,
  ProjectRole,
  Principal,
} from './principal.js';
export {
  page,
  pageRequest,
} from './kit/page.js';
export {
  platform,
  project,
  user,
  member,
  apiKey,
  session,
  newPlatform,
  platformChange,
  newProject,
  projectChange,
  newUser,
  userChange,
  newMember,
  newApiKey,
  newSession,
  platforms,
  projects,
  users,
  members,
  apiKeys,
  sessions,
  principals,
} from './tenancy.js';
export {
  authMethodName,
  connectorInput,
  credentialField,
  connectorAuthMethod,
  connectorStream,
  connectorSummary,
  connectors,
} from './connector.js';
export type {
  AuthMethodName,
  ConnectorAuthMethod,
  ConnectorSummary,
} from './connector.js';
export {
  connectionType,
  oauthConnectionType,
  isOauth,
  authMethodOf,
  keyCredential,
  oauthCredential,
  connectionValue,
} from './connection-value.js';
export type {
  ConnectionType,
  OauthConnectionType,
  KeyCredential,
  OauthCredential,
  ConnectionValue,
} from './connection-value.js';
export {
  connectionStatus,
  statusReason,
  connectionScope,
  connectionInputs,
  connectionMetadata,
  account,
  connection,
  connectionFilters,
  callOutcome,
  callSource,
  connectionHealth,
  connections,
  connectionFact,
  connectionActivated,
  connectionBroken,
  connectionRecovered,
  connectionDisabled,
  connectionDeleted,
  connectionConfigured,
  connectionExpiring,
  connectionCalled,
} from './connection.js';
export type {
  ConnectionStatus,
  StatusReason,
  ConnectionScope,
  Connection,
  CallOutcome,
} from './connection.js';
export {
  connectorFolder,
  connectorDefinition,
  connectorDefinitions,
  dryRuns,
  connectorDefined,
} from './connector-definition.js';
export type {
  ConnectorFolder,
  ConnectorDefinition,
} from './connector-definition.js';
export {
  connectLinkId,
  connectLink,
  newConnectLink,
  connectLinks,
} from './connect-link.js';
export type {
  ConnectLink,
} from './connect-link.js';
export {
  webhookId,
  webhookMessageId,
  webhookEventTypes,
  webhookEventType,
  webhookState,
  webhook,
  newWebhook,
  webhookChange,
  webhookDelivery,
  webhooks,
} from './webhook.js';
export type {
  Webhook,
  WebhookEventType,
} from './webhook.js';
export {
  auditOutcome,
  auditEntry,
  audits,
  auditRecorded,
} from './audit.js';
export type {
  AuditEntry,
} from './audit.js';
export {
  syncMode,
  flowStream,
  writeTarget,
  destination,
  flow,
  newFlow,
  flowChange,
  flows,
} from './flow.js';
export type {
  SyncMode,
  FlowStream,
  WriteTarget,
  Destination,
  Flow,
} from './flow.js';
export {
  tokenName,
  oauthGrant,
  credentialValue,
  usableCredential,
  credentials,
  credentialStored,
  credentialRefreshed,
  credentialExpiring,
  credentialBroken,
  credentialRevoked,
} from './credential.js';
export type {
  OauthGrant,
  CredentialValue,
  UsableCredential,
} from './credential.js';
export {
  signingKeyAlgorithm,
  signingKey,
  newSigningKey,
  signingKeys,
} from './signing-key.js';
export type {
  SigningKey,
  SigningKeyAlgorithm,
} from './signing-key.js';
export {
  rotationKind,
  rotation,
  newRotation,
  credentialRotations,
  clientSecretRotations,
  webhookSecretRotations,
} from './vault.js';
export type {
  RotationKind,
  Rotation,
  RotationContracts,
} from './vault.js';
export {
  clientAuthentication,
  oauthApp,
  newOauthApp,
  oauthApps,
  authorizations,
  authorizationAbandoned,
} from './authorization.js';
export {
  runStatus,
  taskStatus,
  streamProgress,
  run,
  sync,
  syncs,
  runs,
  syncTaskJob,
  syncRunFinished,
} from './sync.js';
export type {
  RunStatus,
  TaskStatus,
  Run,
  Sync,
} from './sync.js';
export {
  recordBatch,
  maxBatchBytes,
  recordsPerGeneration,
  recordVersion,
  recordSubject,
  recordBatchType,
  recordBatches,
} from './record.js';
export type {
  SourceRecord,
  RecordBatch,
} from './record.js';
export { deadLetter, deadLetterType, replayHeader } from './dead-letter.js';
export type { DeadLetter } from './dead-letter.js';
export {
  EVENTS,
  JOBS,
  RECORDS,
  DEAD,
  streamDefinitions,
} from './streams.js';
export type {
  StreamDefinition,
} from './streams.js';
export {
  rpcContracts,
  eventContracts,
  jobContracts,
} from './catalog-of-contracts.js';
