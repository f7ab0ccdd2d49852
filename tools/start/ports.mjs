import { join } from 'node:path';
import { Failure } from '../infra/failure.mjs';
import { freePort, isFree, preferPort } from '../infra/free-port.mjs';
import { recallPort, rememberPort } from '../infra/remembered-port.mjs';
import { readPort } from './options.mjs';

const defaultPort = 3_000;

/**
 * The ports of the API and the sandbox. The sandbox keeps the port it had: connections made through it are bound to its address.
 * @param {string} dataDir
 * @param {boolean} withSandbox
 * @returns {Promise<{ port: number, sandboxPort: number | null }>}
 * @throws Failure if a port that was asked for is taken
 */
export async function choosePorts(dataDir, withSandbox) {
  const asked = readPort('TRUNKLINE_PORT') ?? defaultPort;
  const port = asked === 0 ? await preferPort(recallPort(join(dataDir, 'application.port'))) : asked;
  if (asked !== 0) await requireFree(port, 'TRUNKLINE_PORT');
  if (asked === 0) rememberPort(join(dataDir, 'application.port'), port);
  if (!withSandbox) return { port, sandboxPort: null };

  const file = join(dataDir, 'sandbox.port');
  const askedSandbox = readPort('TRUNKLINE_SANDBOX_PORT');
  if (askedSandbox) await requireFree(askedSandbox, 'TRUNKLINE_SANDBOX_PORT');
  const sandboxPort = askedSandbox || (await preferOther(recallPort(file) ?? port + 1, port));
  rememberPort(file, sandboxPort);
  return { port, sandboxPort };
}

/**
 * @param {number} preferred
 * @param {number} taken
 */
const preferOther = async (preferred, taken) => (preferred === taken || preferred > 65_535 || !(await isFree(preferred)) ? freePort() : preferred);

/**
 * @param {number} port
 * @param {string} variable
 */
async function requireFree(port, variable) {
  if (!(await isFree(port))) throw new Failure(`Port ${port} is taken by another program. Stop that program, or set ${variable} to another port.`);
}
