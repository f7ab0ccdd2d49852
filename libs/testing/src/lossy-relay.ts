import { connect, createServer, type AddressInfo } from 'node:net';

export interface LossyRelay {
  /** The same server through this relay. */
  readonly url: string;
  /** How many answers were lost. */
  lost(): number;
  /** What is sent next with this text in it arrives and is carried out; its answer never comes back: the connection is cut instead. */
  loseAnswerTo(text: string): void;
  /** The next COMMIT (or another text) behind this text, on the same connection, is carried out, and its answer never arrives. */
  loseAnswerAfter(text: string, to?: string): void;
  /** Cuts every connection and every new one, until `true` comes. */
  reachable(is: boolean): void;
  close(): Promise<void>;
}

/** A relay in front of PostgreSQL or NATS that can be away, or lose one answer: the failure after which nobody knows what happened. */
export async function startLossyRelay(target: string): Promise<LossyRelay> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<ReturnType<typeof connect>>();
  let watched: { after: string | null; text: string } | undefined;
  let lost = 0;
  let isReachable = true;

  const server = createServer((client) => {
    if (!isReachable) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    let marked = false;
    let losing = false;
    client.on('data', (chunk: Buffer) => {
      if (typeof watched?.after === 'string' && chunk.includes(watched.after)) marked = true;
      if (watched !== undefined && (watched.after === null || marked) && chunk.includes(watched.text)) {
        losing = true;
        watched = undefined;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!losing) return client.write(chunk);
      losing = false;
      lost += 1;
      client.destroy();
      upstream.end();
    });
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    lost: () => lost,
    loseAnswerTo: (text) => (watched = { after: null, text }),
    loseAnswerAfter: (after, text = 'COMMIT') => (watched = { after, text }),
    reachable: (is) => {
      isReachable = is;
      if (!is) for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
