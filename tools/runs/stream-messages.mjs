import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Failure } from '../infra/failure.mjs';

/**
 * What a stream holds at this moment, in order: every message whose subject matches, up to the newest one there is now. A durable consumer
 * holds what is still to be read against trimming; it goes at the end, and by itself ten minutes after a crash.
 * @param {import('@nats-io/transport-node').NatsConnection} nats
 * @param {string} stream
 * @param {{ subject?: string, durable: string }} options
 * @returns {AsyncGenerator<import('@nats-io/jetstream').JsMsg>}
 */
export async function* streamMessages(nats, stream, { subject, durable }) {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  const { name } = await manager.consumers.add(stream, {
    durable_name: `${durable}-${process.pid}`,
    ack_policy: AckPolicy.All,
    deliver_policy: DeliverPolicy.All,
    inactive_threshold: 600_000_000_000,
    ...(subject === undefined ? {} : { filter_subject: subject }),
  });
  try {
    const { state } = await manager.streams.info(stream);
    const consumer = await jetstream(nats).consumers.get(stream, name);
    for (let pending = (await consumer.info()).num_pending; pending > 0; ) {
      /** @type {import('@nats-io/jetstream').JsMsg | undefined} */
      let last;
      for await (const message of await consumer.fetch({ max_messages: Math.min(pending, 64), expires: 10_000 })) {
        last = message;
        pending = message.info.pending;
        if (message.seq > state.last_seq) break;
        yield message;
      }
      last?.ack();
      if (last !== undefined && last.seq >= state.last_seq) return;
      if (last !== undefined) continue;
      // Nothing came: what was left has aged away meanwhile, or the server does not deliver.
      pending = (await consumer.info()).num_pending;
      if (pending > 0) throw new Failure(`NATS does not deliver what ${stream} holds: ${pending} messages were not read.`);
    }
  } finally {
    await manager.consumers.delete(stream, name).catch(() => undefined);
  }
}
