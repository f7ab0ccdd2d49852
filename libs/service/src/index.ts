export { AppError } from './app-error.js';
export {
  catalogSettings,
  commonSettings,
  ConfigError,
  databaseSettings,
  egressSettings,
  flag,
  list,
  loadConfig,
  secretText,
  setting,
  text,
  whole,
} from './load-config.js';
export type { CatalogConfig, CommonConfig, ConfigOf, DatabaseConfig, EgressConfig, Setting, Settings } from './load-config.js';
export { createLogger, NestLogger } from './logger.js';
export type { Logger, LoggerOptions } from './logger.js';
export { Health } from './health.js';
export type { Readiness, ReadinessCheck } from './health.js';
export { counter, gauge, histogram } from './metrics.js';
export { every } from './every.js';
export type { Loop } from './every.js';
export type { NestServiceDefinition, RunningService, ServiceContext, ServiceDefinition } from './define-service.js';
export { nestService, SERVICE_CONTEXT } from './nest-service.js';
export { exitWithReason, launch, startAll, startService } from './start-service.js';
export type { AnyService } from './start-service.js';
export { currentTrace, runInTrace } from './trace.js';
export type { Trace } from './trace.js';
