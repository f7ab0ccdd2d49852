import type { NatsConnection, PublishOptions } from '@nats-io/transport-node';

interface Message {
  readonly subject: string;
  readonly payload: Buffer;
  readonly options: PublishOptions | undefined;
  readonly refused: (error: unknown) => void;
}

/**
 * What is published in one turn of the event loop goes out at its end, together: the client library writes to the socket after each
 * microtask otherwise, and a write (and the server's read) costs several times what a message does. A lone message loses microseconds.
 */
export class Outgoing {
  readonly #nats: NatsConnection;
  #messages: Message[] = [];

  constructor(nats: NatsConnection) {
    this.#nats = nats;
  }

  /** @param refused told if the connection is closed or the message too large */
  publish(subject: string, payload: string, options: PublishOptions | undefined, refused: (error: unknown) => void): void {
    if (this.#messages.push({ subject, payload: Buffer.from(payload), options, refused }) === 1) setImmediate(() => this.flush());
  }

  /** Hands over what waits, at once. */
  flush(): void {
    const messages = this.#messages;
    this.#messages = [];
    for (const { subject, payload, options, refused } of messages) {
      try {
        this.#nats.publish(subject, payload, options);
      } catch (error) {
        refused(error);
      }
    }
  }
}
