import type { NatsConnection, PublishOptions } from '@nats-io/transport-node';
import { Outgoing } from './outgoing.js';
import { traceHeaders } from './trace-headers.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('what goes out in one turn', () => {
  const published: { subject: string; text: string; options?: PublishOptions }[] = [];
  const nats = {
    publish: (subject: string, payload: Uint8Array, options?: PublishOptions) => {
      if (subject === 'refused') throw new Error('max_payload size exceeded');
      published.push({ subject, text: Buffer.from(payload).toString('utf8'), options });
    },
  } as unknown as NatsConnection;
  const outgoing = new Outgoing(nats);
  const failed: unknown[] = [];
  const publish = (subject: string, text = '{}') => outgoing.publish(subject, text, undefined, (error) => failed.push(error));
  beforeEach(() => {
    published.length = failed.length = 0;
  });

  it('is handed over together, in its order, once', async () => {
    publish('a', '{"ä":"€"}');
    await Promise.resolve();
    publish('b');
    expect(published).toEqual([]);
    await turn();
    expect(published.map(({ subject, text }) => [subject, text])).toEqual([['a', '{"ä":"€"}'], ['b', '{}']]);
    await turn();
    publish('c');
    await turn();
    expect(published.map(({ subject }) => subject)).toEqual(['a', 'b', 'c']);
  });

  it('is told of a message that is refused, and sends its neighbours', async () => {
    for (const subject of ['a', 'refused', 'b']) publish(subject);
    await turn();
    expect(published.map(({ subject }) => subject)).toEqual(['a', 'b']);
    expect(failed).toEqual([new Error('max_payload size exceeded')]);
  });

  it('does not wait for the end of the turn when the connection is about to be closed', () => {
    publish('last');
    outgoing.flush();
    expect(published).toHaveLength(1);
  });

  it('names its request in a header, on one line whatever it is called', () => {
    const written = (requestId: string) => Buffer.from((traceHeaders({ requestId }) as unknown as { encode(): Uint8Array }).encode()).toString('utf8');
    expect(written('req-1')).toBe('NATS/1.0\r\nTrunkline-Request-Id: req-1\r\n\r\n');
    expect(written('a\r\nOther: b')).toBe('NATS/1.0\r\nTrunkline-Request-Id: aOther: b\r\n\r\n');
  });
});
