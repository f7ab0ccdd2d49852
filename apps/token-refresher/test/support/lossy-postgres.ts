import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface LossyPostgres {
  /** The same database through this relay. */
  readonly url: string;
  /** How many answers were lost so far. */
  readonly lost: () => number;
  /** The next COMMIT of a transaction that sent this text is carried out, and its answer never arrives: the connection is cut instead. */
  loseCommitAfter(text: string): void;
  /** Cuts every connection and every new one, until `true` comes. */
  reachable(is: boolean): void;
  close(): Promise<void>;
}

/** A relay in front of Postgres that can be away, or lose the answer to a COMMIT: the one failure after which nobody knows what happened. */
export async function startLossyPostgres(databaseUrl: string): Promise<LossyPostgres> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let watched: string | undefined;
  let lost = 0;
  let isReachable = true;

  const server = createServer((client) => {
    if (!isReachable) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    let marked = false;
    let losing = false;
    client.on('data', (chunk: Buffer) => {
      if (watched !== undefined && chunk.includes(watched)) marked = true;
      if (marked && chunk.includes('COMMIT')) {
        losing = true;
        watched = undefined;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!losing) return client.write(chunk);
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
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    lost: () => lost,
    loseCommitAfter: (text) => (watched = text),
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
