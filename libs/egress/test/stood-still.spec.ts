import { Worker } from 'node:worker_threads';
import { createEgress, type Egress } from '../src/index.js';
import { failureOf } from './support/failure.js';

/** Answers from a thread of its own, so that it goes on while the caller's stands still. */
const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    parentPort.postMessage('asked');
    if (request.url === '/silent') return;
    setTimeout(() => { response.writeHead(200); response.write('the '); setTimeout(() => response.end('token'), 50); }, 50);
  }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** The whole process stands still, as under SIGSTOP or on a machine that was suspended. */
const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a process that stands still past the deadline', () => {
  const worker = new Worker(program, { eval: true });
  const told = <T>(): Promise<T> => new Promise((resolve) => worker.once('message', resolve));
  let host: string;
  let egress: Egress;
  beforeAll(async () => {
    host = `127.0.0.1:${await told<number>()}`;
    egress = createEgress({ allow: [host] });
  });
  afterAll(async () => {
    await egress.close();
    await worker.terminate();
  });

  it('still reads the answer that came meanwhile', async () => {
    const asked = told();
    const answer = egress.request({ url: `http://${host}/token`, method: 'POST', timeoutMs: 250 });
    await asked;
    standStill(600);
    expect((await answer).text()).toBe('the token');
  });

  it('gives up soon after if none came', async () => {
    const asked = told();
    const started = performance.now();
    const failure = failureOf(egress.request({ url: `http://${host}/silent`, timeoutMs: 250 }));
    await asked;
    standStill(600);
    expect(await failure).toMatchObject({ code: 'EGRESS_TIMEOUT', sent: true });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
