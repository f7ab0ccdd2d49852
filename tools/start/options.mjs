import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';

export const help = `npm start -- [options]

Installs dependencies, builds, starts an embedded PostgreSQL and a NATS server, migrates, starts all services and the sandbox in one
process, connects a first project to the sandbox by OAuth, syncs it and prints what arrived. A later start keeps all data.

Options
  --once   show it, shut everything down and end; the last line of the output is one JSON object
  --help   this text

Environment
  TRUNKLINE_DATA_DIR      where data, logs and secrets are kept (default .trunkline)
  TRUNKLINE_PORT          port of the API and the dashboard (default 3000; 0: any free one)
  TRUNKLINE_SANDBOX_PORT  port of the sandbox (default: the next one, or a free one)
  TRUNKLINE_PUBLIC_URL    address people reach the API at (default http://localhost:<port>)
  DATABASE_URL            a PostgreSQL to use instead of the embedded one
  NATS_URL                a NATS server to use instead of our own
  NATS_SERVER             path of a nats-server program to use
Everything else the services can be told is passed on to them: see docs/configuration.md.`;

/**
 * @param {readonly string[]} args
 * @returns {{ once: boolean, help: boolean }}
 * @throws Failure for an option that does not exist
 */
export function readOptions(args) {
  try {
    const { values } = parseArgs({ args: [...args], options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } });
    return { once: values.once ?? false, help: values.help ?? false };
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message.split('. ')[0]}. Options: --once, --help.`);
  }
}

/**
 * A port from the environment.
 * @param {string} variable
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {number | null} null if it is not set
 * @throws Failure if it is no port
 */
export function readPort(variable, environment = process.env) {
  const text = environment[variable];
  if (text === undefined || text === '') return null;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Failure(`${variable} is "${text}", which is no port. Set a number from 0 to 65535.`);
  return port;
}
