import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';

export interface Received {
  method: string;
  /** Path with query. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** Resolves when the connection ends before the answer is out. */
  abandoned: Promise<void>;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown;
  /** Cut the connection instead of answering. */
  reset?: boolean;
  /** Resolves when the answer may go out. */
  after?: Promise<unknown>;
}

export interface LocalServer {
  origin: string;
  received: Received[];
  /** Egress that may reach this server, and no other. */
  egress: Egress;
  close(): Promise<void>;
}

/** A real HTTP server on a free port that answers as the test says and remembers what it was asked. */
export async function startServer(answer: (request: Received, origin: string) => Reply): Promise<LocalServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', origin);
      const one: Received = {
        method: request.method ?? '',
        target: request.url ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        abandoned: new Promise((resolve) => response.on('close', () => response.writableFinished || resolve())),
      };
      received.push(one);
      const reply = answer(one, origin);
      const send = () => {
        if (reply.reset) return void request.socket.destroy();
        const isText = typeof reply.body === 'string';
        response.writeHead(reply.status ?? 200, { 'content-type': isText ? 'text/plain' : 'application/json', ...reply.headers });
        response.end(isText ? reply.body : reply.body === undefined ? '' : JSON.stringify(reply.body));
      };
      if (reply.after) void reply.after.then(send);
      else send();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const egress = createEgress({ allow: [`127.0.0.1:${port}`] });
  return {
    origin,
    received,
    egress,
    close: async () => {
      await egress.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
