import { jetstream, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { AppError } from '@trunkline/service';
import { streamOf } from './names.js';

const encoder = new TextEncoder();

/** A message for JetStream: a CloudEvent in binary mode (attributes in headers, data as the body). */
export interface OutgoingMessage {
  /** CloudEvents id and JetStream's message id: a second publication within the stream's window is dropped by the server. */
  id: string;
  subject: string;
  /** CloudEvents `type`. */
  type: string;
  /** CloudEvents `source`: the service. */
  source: string;
  /** CloudEvents `time`. */
  time: string;
  /** Already serialised JSON, or a value to serialise. */
  data: Uint8Array | object;
  /** CloudEvents `subject`: what the message is about, e.g. a connection id. */
  about?: string;
}

/** Publishes to JetStream and waits until the server has stored the message. */
export class Publisher {
  readonly #jetstream: JetStreamClient;

  constructor(nats: NatsConnection) {
    this.#jetstream = jetstream(nats, { timeout: 5_000 });
  }

  /**
   * @returns whether the server had the message already
   * @throws AppError SERVICE_UNAVAILABLE if the message was not (or not surely) stored; publishing it again with its id is safe
   */
  async publish(message: OutgoingMessage): Promise<{ duplicate: boolean; sequence: number }> {
    const body = message.data instanceof Uint8Array ? message.data : encoder.encode(JSON.stringify(message.data));
    try {
      const ack = await this.#jetstream.publish(message.subject, body, {
        msgID: message.id,
        headers: cloudEvent(message),
        expect: { streamName: streamOf(message.subject).name },
      });
      return { duplicate: ack.duplicate, sequence: ack.seq };
    } catch (error) {
      const full = error instanceof JetStreamApiError && /maximum (bytes|messages)/.test(error.message);
      throw new AppError('SERVICE_UNAVAILABLE', full ? 'The event stream is full; nothing is lost, it is tried again.' : 'The event stream did not confirm a message in time.', {
        params: { full },
        cause: error,
      });
    }
  }
}

function cloudEvent(message: OutgoingMessage): MsgHdrs {
  const attributes = headers();
  attributes.set('ce-specversion', '1.0');
  attributes.set('ce-id', message.id);
  attributes.set('ce-type', message.type);
  attributes.set('ce-source', `/trunkline/${message.source}`);
  attributes.set('ce-time', message.time);
  if (message.about !== undefined) attributes.set('ce-subject', message.about);
  attributes.set('content-type', 'application/json');
  return attributes;
}
