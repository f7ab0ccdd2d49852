import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { databaseAddress, nobodyAnswers } from './database-address.mjs';
import { connectToNats } from './nats-address.mjs';
import { run } from './run.mjs';

const usage = 'npm run sink -- rebuild [--only-stream] | user <name>';

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const wanted = options(args);
    if (wanted.command === 'user') process.stdout.write(await natsUser(wanted.name));
    else await rebuild(wanted.onlyStream);
  });

/**
 * @param {readonly string[]} args
 * @returns {{ command: 'rebuild', onlyStream: boolean } | { command: 'user', name: string }}
 */
export function options(args) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: /** @type {const} */ ({ 'only-stream': { type: 'boolean', default: false } }), allowPositionals: true });
  } catch (cause) {
    throw new Failure(`${/** @type {Error} */ (cause).message}. ${usage}`, { cause });
  }
  const { values, positionals } = parsed;
  const [command, name] = positionals;
  if (command === 'rebuild' && positionals.length === 1) return { command, onlyStream: values['only-stream'] };
  if (command === 'user' && name !== undefined && positionals.length === 2 && !values['only-stream']) return { command, name };
  throw new Failure(`Say what to do: ${usage}`);
}

/** @param {boolean} onlyStream */
async function rebuild(onlyStream) {
  const databaseUrl = databaseAddress();
  const { rebuildTable } = await built('@trunkline/analytics-sink');
  const nats = await connectToNats();
  try {
    const { streamMessages } = await import('./stream-messages.mjs');
    const span = { first: 0, last: 0, from: '', to: '' };
    async function* bodies() {
      for await (const message of streamMessages(nats, 'RECORDS', { durable: 'tools__rebuild' })) {
        const time = message.time.toISOString();
        if (span.first === 0) Object.assign(span, { first: message.seq, from: time });
        Object.assign(span, { last: message.seq, to: time });
        yield message.data;
      }
    }
    const done = await rebuildTable({ databaseUrl, messages: bodies(), onlyStream }).catch((/** @type {unknown} */ error) => {
      throw nobodyAnswers(error) ?? error;
    });
    const read = done.batches === 0 ? 'the stream is empty' : `sequences ${span.first} to ${span.last}, published ${span.from} to ${span.to}`;
    process.stdout.write(
      [
        `read       ${done.batches} batches, ${done.records} records (${read})`,
        `refused    ${done.refused}`,
        `corrected  ${done.corrected} rows`,
        `older      ${done.olderKept} rows that the stream no longer tells of were kept, ${done.olderRemoved} removed`,
        JSON.stringify({ ...done, ...span }),
        '',
      ].join('\n'),
    );
  } finally {
    await nats.close();
  }
}

/** @param {string} name */
async function natsUser(name) {
  const { outsideConsumerPermissions } = await built('@trunkline/messaging');
  let permissions;
  try {
    permissions = outsideConsumerPermissions(name);
  } catch (cause) {
    throw new Failure(/** @type {Error} */ (cause).message, { cause });
  }
  const list = (/** @type {string[]} */ subjects) => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;
  return [
    '# Into authorization.users of the NATS configuration; then: nats-server --signal reload',
    '{',
    `  user: ${JSON.stringify(name)}`,
    `  password: ${JSON.stringify(randomBytes(24).toString('base64url'))}`,
    '  permissions: {',
    `    publish: ${list(permissions.publish)}`,
    `    subscribe: ${list(permissions.subscribe)}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/**
 * What the services are built of.
 * @param {string} name
 * @returns {Promise<any>}
 */
function built(name) {
  return import(name).catch((cause) => {
    throw new Failure('Trunkline is not built. Run npm ci and npm run build (npm start does both).', { cause });
  });
}
