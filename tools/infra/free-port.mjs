import { createServer } from 'node:net';

/**
 * @param {number} port 0: any
 * @param {string} host
 * @returns {Promise<number>} the port, free a moment ago
 */
function probe(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** A port of the loopback interface that nobody uses just now. */
export const freePort = () => probe(0, '127.0.0.1');

/**
 * True if nobody listens on that port of this machine, be it on one address or on all. `localhost` may mean 127.0.0.1 or ::1, and some
 * systems allow one program on each, so every address is tried.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(port) {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
    try {
      await probe(port, host);
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      // A machine without IPv6 has no ::1 to take.
      if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') return false;
    }
  }
  return true;
}

/**
 * The preferred port if it is free, else any free one.
 * @param {number | null | undefined} preferred
 * @returns {Promise<number>}
 */
export async function preferPort(preferred) {
  return preferred && (await isFree(preferred)) ? preferred : freePort();
}
