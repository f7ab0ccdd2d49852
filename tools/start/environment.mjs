import { join } from 'node:path';

/**
 * The environment of the services. What the person has set goes first; what this start decides itself (addresses and users of the
 * servers it started) cannot be set.
 * @param {object} parts
 * @param {NodeJS.ProcessEnv} parts.environment the person's own
 * @param {string} parts.dataDir
 * @param {import('../infra/secrets.mjs').Secrets} parts.secrets
 * @param {number} parts.port
 * @param {number | null} parts.sandboxPort null: no sandbox
 * @param {string} parts.databaseUrl
 * @param {string} parts.natsUrl
 * @param {readonly string[] | null} parts.natsUsers names of the services that have a user on our own NATS server; null for an outside server
 * @returns {NodeJS.ProcessEnv}
 */
export function applicationEnvironment({ environment, dataDir, secrets, port, sandboxPort, databaseUrl, natsUrl, natsUsers }) {
  const users = natsUsers ?? [];
  return {
    TRUNKLINE_PUBLIC_URL: `http://localhost:${port}`,
    TRUNKLINE_MASTER_KEY: secrets.masterKey,
    TRUNKLINE_ADMIN_KEY: secrets.adminKey,
    TRUNKLINE_SESSION_SECRET: secrets.sessionSecret,
    TRUNKLINE_SPOOL_DIRECTORY: join(dataDir, 'spool'),
    ...withoutEmpty(environment),
    ...(sandboxPort === null ? { TRUNKLINE_SANDBOX: 'false' } : sandboxEnvironment(environment, dataDir, secrets, sandboxPort)),
    ...Object.fromEntries(users.map((name) => [`${variablePrefix(name)}_NATS_USER`, name])),
    ...Object.fromEntries(users.map((name) => [`${variablePrefix(name)}_NATS_PASSWORD`, secrets.natsPasswords[name]])),
    TRUNKLINE_PORT: String(port),
    // The edge's own variable: a PORT in the person's shell is meant for something else.
    GATEWAY_PORT: String(port),
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    TRUNKLINE_EXIT_WITH_PARENT: 'true',
  };
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} dataDir
 * @param {import('../infra/secrets.mjs').Secrets} secrets
 * @param {number} port
 */
function sandboxEnvironment(environment, dataDir, secrets, port) {
  const authority = `127.0.0.1:${port}`;
  // The one exception from "no plain HTTP, no private addresses" that a laptop's sandbox needs; the person's own stay.
  const allowed = [...new Set([...(environment.TRUNKLINE_EGRESS_ALLOW ?? '').split(',').map((item) => item.trim()), authority])].filter((item) => item !== '');
  return {
    TRUNKLINE_SANDBOX: 'true',
    // The services refuse a sandbox in production mode, which a shell may have set for other programs.
    ...(environment.NODE_ENV === 'production' ? { NODE_ENV: 'development' } : {}),
    TRUNKLINE_SANDBOX_PORT: String(port),
    TRUNKLINE_SANDBOX_URL: `http://${authority}`,
    TRUNKLINE_SANDBOX_DATA_DIR: environment.TRUNKLINE_SANDBOX_DATA_DIR || join(dataDir, 'sandbox'),
    TRUNKLINE_SANDBOX_CLIENT_SECRET: environment.TRUNKLINE_SANDBOX_CLIENT_SECRET || secrets.sandboxClientSecret,
    TRUNKLINE_EGRESS_ALLOW: allowed.join(','),
    // The demonstration starts the first sync itself and shows all that it read.
    TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: environment.TRUNKLINE_SYNC_FIRST_DELAY_SECONDS || '60',
  };
}

/**
 * `token-refresher` reads `TOKEN_REFRESHER_…` before the common variable.
 * @param {string} service
 */
const variablePrefix = (service) => service.toUpperCase().replaceAll('-', '_');

/** An empty variable means "not set" everywhere in the services. @param {NodeJS.ProcessEnv} environment */
const withoutEmpty = (environment) => Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
