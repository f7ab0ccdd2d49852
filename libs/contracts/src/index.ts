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
  principal,
  mayDo,
} from './principal.js';
export type {
  Scope,
  Principal,
} from './principal.js';
export {
  platform,
  project,
  user,
  apiKey,
  newPlatform,
  newProject,
  newUser,
  newApiKey,
  platforms,
  projects,
  users,
  apiKeys,
  principals,
} from './tenancy.js';
export {
  authMethodName,
  connectorInput,
  connectorSummary,
  connectors,
} from './connector.js';
export type {
  AuthMethodName,
  ConnectorSummary,
} from './connector.js';
export {
  connectionStatus,
  statusReason,
  connectionInputs,
  connection,
  keyCredential,
  connections,
  connectionActivated,
  connectionDegraded,
  connectionDeleted,
} from './connection.js';
export type {
  ConnectionStatus,
  StatusReason,
  Connection,
  KeyCredential,
} from './connection.js';
export {
  oauthGrant,
  credentialValue,
  credentials,
  credentialStored,
  credentialRefreshed,
  credentialBroken,
  credentialRevoked,
} from './credential.js';
export type {
  OauthGrant,
  CredentialValue,
} from './credential.js';
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
  syncTaskJob,
  syncRunFinished,
} from './sync.js';
export type {
  RunStatus,
  TaskStatus,
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
