import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestHttpServer {
  readonly url: string;
  /** `host:port`, as egress exceptions want it. */
  readonly authority: string;
  close(): Promise<void>;
}

/** A real HTTP server on a free port of the loopback interface. */
export function startHttpServer(handler: (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>, port = 0): Promise<TestHttpServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      Promise.resolve(handler(request, response, Buffer.concat(chunks).toString('utf8'))).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({
        url: `http://${authority}`,
        authority,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
