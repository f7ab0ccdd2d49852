import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { connectToNats } from './nats-address.mjs';
import { renderTable } from './render-table.mjs';
import { run } from './run.mjs';

const usage = 'npm run dead -- list|show|replay [--id 12] [--subject "rec.>"] [--all] [--json]';

/**
 * @typedef {{ consumer: string, subject: string, id: string, streamSequence: number, attempts: number, reason: string, headers?: Record<string, string>, body?: string | null }} Letter
 * @typedef {{ number: number, time: string, letter: Letter }} Dead `number`: its place in the stream DEAD
 * @typedef {{ command: 'list' | 'show' | 'replay', ids: number[], subject: string | undefined, json: boolean }} Options
 */

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const wanted = options(args);
    const nats = await connectToNats();
    try {
      const found = await deadLetters(nats, wanted);
      const missing = wanted.ids.filter((id) => !found.some(({ number }) => number === id));
      if (missing.length > 0 && wanted.command !== 'replay') throw new Failure(`There is no dead letter ${missing.join(', ')}: npm run dead -- list shows those there are.`);
      if (wanted.command === 'list') process.stdout.write(`${wanted.json ? JSON.stringify(found.map(inShort), null, 2) : table(found)}\n`);
      else if (wanted.command === 'show') process.stdout.write(`${JSON.stringify(found.map(inFull), null, 2)}\n`);
      else return await replayAll(nats, found, missing);
    } finally {
      await nats.close();
    }
  });

/**
 * @param {readonly string[]} args
 * @returns {Options}
 */
export function options(args) {
  let parsed;
  try {
    const flags = /** @type {const} */ ({ id: { type: 'string', multiple: true }, subject: { type: 'string' }, all: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } });
    parsed = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (cause) {
    throw new Failure(`${/** @type {Error} */ (cause).message}. ${usage}`, { cause });
  }
  const { values, positionals } = parsed;
  const [command] = positionals;
  if (positionals.length !== 1 || (command !== 'list' && command !== 'show' && command !== 'replay')) throw new Failure(`Say what to do: ${usage}`);
  const ids = (values.id ?? []).flatMap((text) => text.split(',')).map((text) => {
    if (!/^[1-9]\d{0,15}$/.test(text)) throw new Failure(`"${text}" is no number of a dead letter. ${usage}`);
    return Number(text);
  });
  if (values.subject !== undefined && !/^[^\s.]+(\.[^\s.]+)*$/.test(values.subject)) throw new Failure(`"${values.subject}" is no subject such as rec.> or evt.connection.deleted.v1`);
  // Everything is a lot: whoever wants that says so.
  if (command !== 'list' && ids.length === 0 && values.subject === undefined && !values.all) throw new Failure(`Say which: --id, --subject or --all. ${usage}`);
  return { command, ids, subject: values.subject, json: values.json };
}

/**
 * @param {import('@nats-io/transport-node').NatsConnection} nats
 * @param {Options} wanted
 * @returns {Promise<Dead[]>}
 */
async function deadLetters(nats, { ids, subject }) {
  const { streamMessages } = await import('./stream-messages.mjs');
  /** @type {Dead[]} */
  const found = [];
  for await (const message of streamMessages(nats, 'DEAD', { durable: 'tools__dead', ...(subject === undefined ? {} : { subject: `dead.${subject}` }) })) {
    if (ids.length === 0 || ids.includes(message.seq)) found.push({ number: message.seq, time: message.time.toISOString(), letter: message.json() });
  }
  return found;
}

const columns = ['id', 'time', 'subject', 'consumer', 'attempts', 'reason'];
const inShort = (/** @type {Dead} */ { number, time, letter }) => ({ id: number, time, subject: letter.subject, consumer: letter.consumer, attempts: letter.attempts, reason: letter.reason });
const table = (/** @type {Dead[]} */ found) => renderTable(columns, found.map((dead) => Object.values(inShort(dead))));

/** @param {Dead} dead */
function inFull(dead) {
  const { headers, body, id, streamSequence } = dead.letter;
  return { ...inShort(dead), messageId: id, streamSequence, headers: headers ?? null, body: typeof body === 'string' ? readable(Buffer.from(body, 'base64').toString('utf8')) : null };
}

/** @param {string} text */
function readable(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * @param {import('@nats-io/transport-node').NatsConnection} nats
 * @param {Dead[]} found
 * @param {number[]} missing
 */
async function replayAll(nats, found, missing) {
  const { replay } = await import('./replay-dead-letter.mjs');
  let lost = 0;
  for (const dead of found) {
    const done = await replay(nats, dead.number, dead.letter);
    if (!done) lost += 1;
    process.stdout.write(`${dead.number}  ${dead.letter.subject}  ${done ? `replayed for ${dead.letter.consumer}` : 'not replayed: its message is gone from its stream'}\n`);
  }
  for (const id of missing) process.stdout.write(`${id}  is not there (any more): replayed before, or older than the stream keeps\n`);
  process.stdout.write(`${found.length - lost} replayed${lost > 0 ? `, ${lost} not` : ''}\n`);
  return lost > 0 ? 1 : 0;
}
