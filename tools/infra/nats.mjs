import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { Failure, recognise } from './failure.mjs';
import { freePort, isFree, preferPort } from './free-port.mjs';
import { endLeftover, startGuarded } from './guarded-process.mjs';
import { readSince, rotate, sizeOf } from './log-file.mjs';
import { renderNatsConfig } from './nats-config.mjs';
import { recallPort, rememberPort } from './remembered-port.mjs';
import { writeFileAtomically } from './write-file-atomically.mjs';

export { ensureNatsServer } from './nats-binary.mjs';
export { renderNatsConfig } from './nats-config.mjs';

const startBoundMs = 30_000;
const stopBoundMs = 10_000;

/**
 * @typedef {object} NatsOptions
 * @property {string} binary path of nats-server
 * @property {string} storeDir JetStream's folder; `<storeDir>.conf`, `.port`, `.pid` and `.log` lie beside it
 * @property {number} [port] default 0: the one used last, else any free one
 * @property {readonly import('./nats-config.mjs').NatsUser[]} [users] each with password and permissions
 * @property {'always' | string} [syncInterval] see {@link renderNatsConfig}
 * @property {string} [log] file for the server's log (default `<storeDir>.log`)
 */

/**
 * @typedef {object} RunningNats
 * @property {string} url without user and password
 * @property {string} version
 * @property {number} port
 * @property {number} pid
 * @property {Promise<import('./guarded-process.mjs').Ending>} ended
 * @property {(options?: { now?: boolean }) => Promise<unknown>} stop
 */

/**
 * Starts a NATS server with JetStream of our own on the loopback interface. It ends with this process.
 * @param {NatsOptions} options
 * @returns {Promise<RunningNats>}
 * @throws Failure in one line: disk full, port taken, configuration refused
 */
export async function startNats({ binary, storeDir, port: wanted = 0, users, syncInterval, log = `${storeDir}.log` }) {
  const config = `${storeDir}.conf`;
  await endLeftover(`${storeDir}.pid`, { marker: config, boundMs: stopBoundMs });
  if (wanted !== 0 && !(await isFree(wanted))) throw new Failure(`Port ${wanted} for NATS is taken by another program. Stop that program, or choose another port.`);
  mkdirSync(storeDir, { recursive: true, mode: 0o700 });
  chmodSync(storeDir, 0o700);
  rotate(log);
  // Stable for a store and its own: a server that answers on our port under another name is not ours.
  const serverName = `trunkline-${createHash('sha256').update(storeDir).digest('hex').slice(0, 12)}`;
  let port = wanted || (await preferPort(recallPort(`${storeDir}.port`)));
  for (let attempt = 1; ; attempt += 1) {
    writeFileAtomically(config, renderNatsConfig({ serverName, port, storeDir, users, syncInterval }));
    const offset = sizeOf(log);
    const server = await startGuarded({ name: 'nats-server', command: binary, args: ['-c', config], logFile: log, pidFile: `${storeDir}.pid`, stopBoundMs });
    const info = await untilReady(server, port, serverName);
    if (info !== null) {
      rememberPort(`${storeDir}.port`, port);
      return { url: `nats://127.0.0.1:${port}`, version: info.version, port, pid: server.pid, ended: server.ended, stop: server.stop };
    }
    await server.stop({ now: true });
    const said = readSince(log, offset);
    const text = said.join('\n');
    if (/address already in use/.test(text) && wanted === 0 && attempt < 5) port = await freePort();
    else throw new Failure(recognise(text, storeDir) ?? `nats-server did not start: ${sentence(said)} (log: ${log})`);
  }
}

/** @param {readonly string[]} lines */
function sentence(lines) {
  const line = lines.findLast((text) => /\[(FTL|ERR)\]|^nats-server:/.test(text)) ?? lines.at(-1) ?? 'it said nothing';
  return line.replace(/^.*\[(FTL|ERR)\]\s*|^nats-server:\s*/, '');
}

/**
 * @param {import('./guarded-process.mjs').Guarded} server
 * @param {number} port
 * @param {string} serverName
 * @returns {Promise<{ version: string } | null>} null if it ended or did not answer in time
 */
async function untilReady(server, port, serverName) {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startBoundMs;
  while (!ended && Date.now() < deadline) {
    const info = await greeting(port);
    if (info !== null && info.server_name === serverName && info.jetstream === true) return info;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return null;
}

/**
 * What a NATS server says first to whoever connects: `INFO {…}`.
 * @param {number} port
 * @returns {Promise<any>} null if nobody answers like one
 */
function greeting(port) {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const done = (/** @type {unknown} */ result) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\r\n')) return;
      try {
        done(JSON.parse(text.slice(text.indexOf('{'), text.indexOf('\r\n'))));
      } catch {
        done(null);
      }
    });
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => done(null));
  });
}
