import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';

const streams = { evt: 'EVENTS', job: 'JOBS', rec: 'RECORDS' };

/**
 * Publishes the message of a dead letter once more, for the one consumer that gave it up, and then removes the letter. Twice is once: the
 * letter is gone; if we die in between, the second message has the first one's id, and beyond the server's memory of ids the consumer's
 * inbox or version guard knows the event.
 * @param {import('@nats-io/transport-node').NatsConnection} nats
 * @param {number} number
 * @param {import('./dead-run.mjs').Letter} letter
 * @returns {Promise<boolean>} false: there is nothing left to publish, and the letter stays
 */
export async function replay(nats, number, letter) {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  const stream = streams[/** @type {keyof typeof streams} */ (letter.subject.split('.')[0])];
  const message = typeof letter.body === 'string' ? { data: Buffer.from(letter.body, 'base64'), headers: letter.headers ?? {} } : await original(manager, stream, letter);
  if (message === null) return false;
  const attributes = natsHeaders();
  for (const [name, value] of Object.entries(message.headers)) attributes.set(name, value);
  attributes.set('Trunkline-Replay-For', letter.consumer);
  await jetstream(nats).publish(letter.subject, message.data, { msgID: `replay:${letter.consumer}:${letter.streamSequence}:${number}`, headers: attributes, expect: { streamName: stream } });
  await manager.streams.deleteMessage('DEAD', number, false);
  return true;
}

/**
 * @param {import('@nats-io/jetstream').JetStreamManager} manager
 * @param {string} stream
 * @param {import('./dead-run.mjs').Letter} letter
 */
async function original(manager, stream, { streamSequence }) {
  const kept = await manager.streams.getMessage(stream, { seq: streamSequence }).catch(() => null);
  if (kept === null) return null;
  const names = kept.header.keys().filter((name) => /^(ce-|content-type$)/i.test(name));
  return { data: kept.data, headers: Object.fromEntries(names.map((name) => [name, kept.header.get(name)])) };
}
