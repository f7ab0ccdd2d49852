import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Secret } from '@trunkline/contracts';

/** One setting: the environment variable it comes from, how it is checked, and a sentence for the documentation. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: Schema;
  readonly about: string;
}
export type Settings = Record<string, Setting>;
export type ConfigOf<S extends Settings> = Readonly<{ [Name in keyof S]: z.output<S[Name]['schema']> }>;

export const setting = <Schema extends z.ZodType>(variable: string, schema: Schema, about: string): Setting<Schema> => ({ variable, schema, about });

/** Building blocks for settings that come as text. */
export const text = z.string().trim().min(1);
export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
export const list = z.string().transform((value) => value.split(',').map((item) => item.trim()).filter((item) => item !== ''));
/** A secret; `<VARIABLE>_FILE` may name a file that holds it instead. */
export const secretText = z.string().min(1).transform((value) => new Secret(value));

/** Every problem of a configuration at once, one line each, without values. */
export class ConfigError extends Error {
  constructor(service: string, problems: readonly string[]) {
    super(`Configuration of ${service} is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment: the one place it is read. */
export const processEnvironment: Environment = process.env;

/**
 * Reads a service's settings. `<SERVICE>_<VARIABLE>` (for example `TOKEN_REFRESHER_DATABASE_POOL_SIZE`) goes before `<VARIABLE>`,
 * so that several services can share one environment; `<VARIABLE>_FILE` names a file to read the value from.
 * @throws ConfigError naming every problem
 */
export function loadConfig<S extends Settings>(service: string, settings: S, environment: Environment = processEnvironment): ConfigOf<S> {
  const prefix = `${service.toUpperCase().replaceAll('-', '_')}_`;
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, { variable, schema }] of Object.entries(settings)) {
    let raw: string | undefined;
    try {
      raw = readVariable(environment, `${prefix}${variable}`) ?? readVariable(environment, variable);
    } catch (error) {
      problems.push(`${variable}_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
      continue;
    }
    const parsed = schema.safeParse(raw);
    if (parsed.success) config[name] = parsed.data;
    else if (raw === undefined) problems.push(`${variable} is missing`);
    else problems.push(...parsed.error.issues.map((issue) => `${variable}: ${issue.message}`));
  }
  if (problems.length > 0) throw new ConfigError(service, problems);
  return Object.freeze(config) as ConfigOf<S>;
}

function readVariable(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value !== undefined && value !== '') return value;
  const file = environment[`${variable}_FILE`];
  return file === undefined || file === '' ? undefined : readFileSync(file, 'utf8').trim();
}

/** What every service can be told. */
export const commonSettings = {
  environment: setting('NODE_ENV', z.enum(['production', 'development', 'test']).default('development'), 'Mode. `production` refuses development-only parts.'),
  logLevel: setting('LOG_LEVEL', z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'), 'Least severe log line that is written.'),
  logDestination: setting('LOG_DESTINATION', text.default('stdout'), '`stdout`, `stderr` or a file to append to. Lines are JSON.'),
  host: setting('HOST', text.default('0.0.0.0'), 'Address to listen on.'),
  port: setting('PORT', whole(0, 65_535).optional(), 'Port for health and metrics (and the API, for the gateway). Unset: does not listen. 0: any free port.'),
  natsUrl: setting('NATS_URL', text.default('nats://127.0.0.1:4222'), 'NATS servers, comma separated. At least nats-server 2.10 with JetStream.'),
  natsUser: setting('NATS_USER', text.optional(), 'NATS user of this service.'),
  natsPassword: setting('NATS_PASSWORD', secretText.optional(), 'Its password.'),
  natsCaFile: setting('NATS_CA_FILE', text.optional(), 'PEM file of the CA that signed the NATS servers\' certificate; turns TLS on.'),
  streamReplicas: setting('STREAM_REPLICAS', whole(1, 5).default(1), 'Replicas of each JetStream stream; 3 in a cluster.'),
  recordsMaxBytes: setting('RECORDS_MAX_BYTES', whole(1_048_576, Number.MAX_SAFE_INTEGER).default(10 * 1024 ** 3), 'Size of the record stream in bytes. A full stream pauses syncs and loses nothing.'),
  shutdownTimeoutMs: setting('SHUTDOWN_TIMEOUT_MS', whole(1_000, 300_000).default(25_000), 'Longest graceful stop in milliseconds. For the token-refresher longer than TRUNKLINE_REFRESH_ANSWER_MS is better: a stop then waits for every answer.'),
} satisfies Settings;
export type CommonConfig = ConfigOf<typeof commonSettings>;

/** Settings of the services that keep rows. */
export const databaseSettings = {
  databaseUrl: setting('DATABASE_URL', text.transform((value) => new Secret(value)), 'PostgreSQL 15 or newer, e.g. postgres://user:password@host:5432/trunkline. `?sslmode=verify-full` turns TLS on.'),
  databasePoolSize: setting('DATABASE_POOL_SIZE', whole(1, 200).default(10), 'Connections of this service and replica.'),
  databaseStatementTimeoutMs: setting('DATABASE_STATEMENT_TIMEOUT_MS', whole(100, 600_000).default(30_000), 'Longest statement in milliseconds.'),
} satisfies Settings;
export type DatabaseConfig = ConfigOf<typeof databaseSettings>;

/** Settings of the services that read the connectors. */
export const catalogSettings = {
  sandboxUrl: setting('TRUNKLINE_SANDBOX_URL', z.url().optional(), 'Where the sandbox provider is. Unset: its connectors are not in the catalog.'),
  catalogFolders: setting(
    'TRUNKLINE_CATALOG_FOLDERS',
    list.default([]),
    'Folders with connectors of your own, comma separated; in each, one folder per connector as in libs/catalog/connectors. The same for every service. A wrong one stops the start.',
  ),
} satisfies Settings;
export type CatalogConfig = ConfigOf<typeof catalogSettings>;

/** Settings of the services that call providers. */
export const egressSettings = {
  egressAllow: setting(
    'TRUNKLINE_EGRESS_ALLOW',
    list.default([]),
    'Exceptions from the rule that requests go to public https addresses only: exact `host:port`, comma separated.',
  ),
  egressConnectTo: setting(
    'TRUNKLINE_EGRESS_CONNECT_TO',
    list.default([]),
    'Connections led elsewhere, `host:port=host:port`, comma separated: those to the left go to the right, whatever its address. URL, Host header, TLS server name and certificate check stay the left side\'s.',
  ),
  egressResolver: setting('TRUNKLINE_EGRESS_RESOLVER', list.default([]), 'DNS servers for outgoing requests, `ip` or `ip:port`, comma separated. Unset: the system\'s resolver.'),
  egressCaFile: setting('TRUNKLINE_EGRESS_CA_FILE', text.optional(), 'PEM file with further certificate authorities to trust for outgoing requests.'),
} satisfies Settings;
export type EgressConfig = ConfigOf<typeof egressSettings>;
