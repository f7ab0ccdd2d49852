import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';

/** A running local server. `connections` and `requests` say who came; a canary is one that nobody may reach. */
export interface Running {
  readonly port: number;
  readonly host: string;
  connections: number;
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  close(): Promise<void>;
}

const running: Running[] = [];

/** For `afterEach`: close every server started since. */
export async function closeServers(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()));
}

export const startHttp = (handler: RequestListener = (_request, response) => response.end('ok')): Promise<Running> => start((on) => createHttp(on), handler);

export const startHttps = (tls: { key: string; cert: string }, handler: RequestListener = (_request, response) => response.end('ok')): Promise<Running> =>
  start((on) => createHttps(tls, on), handler);

async function start(create: (handler: RequestListener) => Server, handler: RequestListener): Promise<Running> {
  const requests: Running['requests'] = [];
  const server = create((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      handler(request, response);
    });
  });
  return listen(server, requests, () => server.closeAllConnections());
}

/** Bytes in, bytes out: for answers no HTTP library would write. */
export function startTcp(onSocket: (socket: Socket) => void): Promise<Running> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  return listen(server, [], () => sockets.forEach((socket) => socket.destroy()));
}

async function listen(server: Server | TcpServer, requests: Running['requests'], cut: () => void): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const result: Running = {
    port,
    host: `127.0.0.1:${port}`,
    connections: 0,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
  server.on('connection', () => {
    result.connections += 1;
  });
  running.push(result);
  return result;
}
