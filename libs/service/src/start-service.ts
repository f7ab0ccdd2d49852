import type { RunningService, ServiceDefinition } from './define-service.js';
import { Health } from './health.js';
import { commonSettings, ConfigError, loadConfig, processEnvironment, type Environment, type Settings } from './load-config.js';
import { createLogger, type Logger } from './logger.js';
import { collectProcessMetrics } from './metrics.js';

/** A service with settings of whatever kind, as lists of services hold it. */
export type AnyService = ServiceDefinition<Settings> & { readonly defaultPort?: number };

export interface StartOptions {
  /** Defaults to the process's environment. */
  environment?: Environment;
  /** Shared by the services of one process. */
  health?: Health;
}

/** Starts one service from its definition and the environment. Rejects with a {@link ConfigError} that names every problem. */
export async function launch<S extends Settings>(definition: ServiceDefinition<S>, options: StartOptions = {}): Promise<RunningService & { logger: Logger }> {
  const config = loadConfig(definition.name, { ...commonSettings, ...definition.settings }, options.environment);
  const logger = createLogger({ service: definition.name, level: config.logLevel, destination: config.logDestination });
  collectProcessMetrics();
  const started = performance.now();
  // Spread types of a generic record cannot be related by the compiler: the settings were merged two lines above.
  const running = await definition.start({ name: definition.name, config: config as never, logger, health: options.health ?? new Health() });
  logger.info({ url: running.url, milliseconds: Math.round(performance.now() - started) }, 'started');
  return { ...running, logger };
}

/**
 * The whole of a `main.ts`: starts the service, stops it on SIGTERM and SIGINT, and leaves with one clear line if it cannot start.
 */
export async function startService(definition: AnyService): Promise<void> {
  const environment = processEnvironment.PORT === undefined && definition.defaultPort !== undefined ? { PORT: String(definition.defaultPort), ...processEnvironment } : processEnvironment;
  const health = new Health();
  await runUntilStopped(definition.name, health, () => Promise.all([launch(definition, { environment, health })]));
}

/**
 * Starts several services in one process and stops them in reverse order. Only the gateway listens unless `<SERVICE>_PORT` is set.
 */
export async function startAll(definitions: readonly AnyService[]): Promise<void> {
  const health = new Health();
  await runUntilStopped('all-in-one', health, async () => {
    const running: (RunningService & { logger: Logger })[] = [];
    try {
      // Side by side: each waits for its own database and NATS. The gateway comes last and so answers only when all can.
      running.push(...(await Promise.all(definitions.slice(0, -1).map((definition) => launch(definition, { health, environment: ownPort(definition) })))));
      const last = definitions.at(-1);
      if (last !== undefined) running.push(await launch(last, { health, environment: ownPort(last, true) }));
      return running;
    } catch (error) {
      await Promise.allSettled(running.map((service) => service.close()));
      throw error;
    }
  });
}

function ownPort(definition: AnyService, isEdge = false): Environment {
  const own = processEnvironment[`${definition.name.toUpperCase().replaceAll('-', '_')}_PORT`];
  if (own !== undefined) return { ...processEnvironment, PORT: own };
  const edge = processEnvironment.PORT ?? (definition.defaultPort === undefined ? undefined : String(definition.defaultPort));
  return { ...processEnvironment, PORT: isEdge ? edge : undefined };
}

async function runUntilStopped(name: string, health: Health, start: () => Promise<(RunningService & { logger: Logger })[]>): Promise<void> {
  let running: (RunningService & { logger: Logger })[];
  try {
    running = await start();
  } catch (error) {
    exitWithReason(name, error);
  }
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    health.stop();
    const logger = running[0]?.logger;
    logger?.info({ reason }, 'stopping');
    const limit = Number(processEnvironment.SHUTDOWN_TIMEOUT_MS ?? 25_000);
    setTimeout(() => {
      logger?.error('did not stop in time');
      process.exit(1);
    }, limit).unref();
    for (const service of [...running].reverse()) {
      await service.close().catch((error: unknown) => logger?.error({ error, stopped: service.name }, 'did not stop cleanly'));
    }
    logger?.info('stopped');
    logger?.flush(() => process.exit(0));
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  if (processEnvironment.TRUNKLINE_EXIT_WITH_PARENT === 'true') {
    // The parent holds our stdin: when it dies, by whatever signal, the pipe closes and no orphan stays behind.
    process.stdin.resume();
    process.stdin.once('end', () => void stop('parent ended'));
    process.stdin.once('error', () => void stop('parent ended'));
  }
  process.on('unhandledRejection', (error) => {
    running[0]?.logger.error({ error }, 'a promise was rejected and nobody listened');
  });
}

/** Ends the process with one clear line instead of a stack trace. */
export function exitWithReason(name: string, error: unknown): never {
  process.stderr.write(`${describeStartFailure(name, error)}\n`);
  process.exit(1);
}

function describeStartFailure(name: string, error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AggregateError) return `${name} could not start: ${error.errors.map((inner: unknown) => (inner instanceof Error ? inner.message : String(inner))).join('; ')}`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${name} could not start: ${error.message.replace(/^listen EADDRINUSE: /, '')}. Another program uses that port; set another one.`;
  }
  return `${name} could not start: ${error instanceof Error ? error.message : String(error)}`;
}
