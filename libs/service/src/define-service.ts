import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { FastifyServerOptions } from 'fastify';
import type { CommonConfig, ConfigOf, Settings } from './load-config.js';
import type { Health } from './health.js';
import type { Logger } from './logger.js';

/** What a service is given when it starts. */
export interface ServiceContext<Config extends CommonConfig = CommonConfig> {
  readonly name: string;
  readonly config: Config;
  readonly logger: Logger;
  readonly health: Health;
}

export interface RunningService {
  readonly name: string;
  /** Where it listens, if it does. */
  readonly url: string | null;
  /** Stops taking work, finishes what is under way, lets go of everything. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * A service as a value: `main.ts` starts one of these, `all-in-one` starts several in one process. Each is a Nest container of its
 * own and speaks to the others only over NATS, so that one process and ten behave alike.
 */
export interface ServiceDefinition<S extends Settings = Settings> {
  readonly name: string;
  readonly settings: S;
  /** A method, so that a definition with settings of its own still fits a list of definitions. */
  start(context: ServiceContext<CommonConfig & ConfigOf<S>>): Promise<RunningService>;
}

export interface NestServiceDefinition<S extends Settings> {
  readonly name: string;
  readonly settings: S;
  /** The root module, made from the configuration. */
  readonly module: (context: ServiceContext<CommonConfig & ConfigOf<S>>) => DynamicModule;
  /** Which transports to attach once the container stands; built by the messaging library. */
  readonly transports: (app: INestApplication) => CustomTransportStrategy[];
  /** Limits and time-outs of the HTTP server. */
  readonly fastify?: (config: CommonConfig & ConfigOf<S>) => FastifyServerOptions;
  /** Last touches to the HTTP application before it listens (the gateway's hooks and documentation). */
  readonly prepare?: (app: INestApplication, context: ServiceContext<CommonConfig & ConfigOf<S>>) => Promise<void> | void;
  /** Port when none is configured and the service is started alone. */
  readonly defaultPort: number;
}
