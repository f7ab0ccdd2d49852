import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { issueTestCertificates } from '@trunkline/testing';

/** PostgreSQL manual, "SSLRequest": eight bytes, of which the last four are this number. */
const sslRequest = 80_877_103;

/** TLS for `localhost` in front of a PostgreSQL that has none, as the protocol begins it. */
export async function startTlsFront(to: { host: string; port: number }): Promise<{ port: number; caPem: string; close(): Promise<void> }> {
  const { caPem, certPem, keyPem } = await issueTestCertificates(['localhost']);
  const secureContext = createSecureContext({ cert: certPem, key: keyPem });
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((outside) => {
    keep(outside).once('data', (first) => {
      if (first.length !== 8 || first.readInt32BE(4) !== sslRequest) return void outside.destroy();
      outside.write('S');
      const inside = keep(connect(to.port, to.host));
      const secured = keep(new TLSSocket(outside, { isServer: true, secureContext }));
      secured.pipe(inside).pipe(secured);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    caPem,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
