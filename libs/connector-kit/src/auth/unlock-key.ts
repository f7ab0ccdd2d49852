import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Secret } from '@trunkline/contracts';

/** `wrong`: the passphrase does not fit · `slow`: the key asks for more work than anybody should do for it. */
export type Unlocked = { readonly pem: string } | { readonly failed: 'wrong' | 'unreadable' | 'slow' };

const patienceMs = 10_000;

/**
 * Runs beside the event loop: a key's file says how often its passphrase is hashed, which takes a third of a second as ssh-keygen does it
 * and as long as an ill-meaning author likes. It is a text because a worker is given a file, and there is another one in `src` than in `dist`.
 */
const work = `
const { parentPort, workerData: { ssh2, text, passphrase, openssh } } = require('node:worker_threads');
const { createPrivateKey } = require('node:crypto');
const answer = () => {
  let pem = text;
  if (openssh) {
    const parsed = require(ssh2).utils.parseKey(text, passphrase);
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    if (key instanceof Error) return { failed: /passphrase|integrity/i.test(key.message) ? 'wrong' : 'unreadable' };
    pem = key.getPrivatePEM();
  }
  try {
    return { pem: createPrivateKey({ key: pem, format: 'pem', passphrase }).export({ type: 'pkcs8', format: 'pem' }) };
  } catch {
    return { failed: 'wrong' };
  }
};
parentPort.postMessage(answer());
`;

/** One at a time: whoever brings many slow keys delays the others that bring one, and nobody else. */
let last: Promise<unknown> = Promise.resolve();

/** Opens a private key that is protected by a passphrase. */
export function unlockKey(text: string, passphrase: Secret, openssh: boolean): Promise<Unlocked> {
  const turn = last.then(() => runUnlock(text, passphrase, openssh));
  last = turn;
  return turn;
}

function runUnlock(text: string, passphrase: Secret, openssh: boolean): Promise<Unlocked> {
  const ssh2 = createRequire(import.meta.url).resolve('ssh2');
  const worker = new Worker(work, { eval: true, execArgv: [], env: {}, workerData: { ssh2, text, passphrase: passphrase.reveal(), openssh } });
  return new Promise<Unlocked>((resolve) => {
    const timer = setTimeout(() => resolve({ failed: 'slow' }), patienceMs);
    worker.once('message', resolve);
    worker.once('error', () => resolve({ failed: 'unreadable' }));
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve({ failed: 'unreadable' });
    });
  }).finally(() => worker.terminate());
}
