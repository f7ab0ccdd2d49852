import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endLeftover, startGuarded } from './guarded-process.mjs';
import { identify } from './process-identity.mjs';
import { eventually } from './spec-helpers.mjs';

const module = fileURLToPath(new URL('./guarded-process.mjs', import.meta.url));
/** Says when it was asked to stop, and by which signal. */
const polite = `for (const s of ['SIGTERM','SIGINT']) process.on(s, () => { require('fs').appendFileSync(process.argv[1], s); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');`;
const stubborn = `for (const s of ['SIGTERM','SIGINT']) process.on(s, () => {}); setInterval(() => {}, 1000); console.log('up');`;

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-guard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (/** @type {string} */ name) => join(folder, name);
const read = (/** @type {string} */ name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
const options = (/** @type {string} */ script) => ({
  name: 'the command',
  command: process.execPath,
  args: ['-e', script, file('said')],
  logFile: file('log'),
  pidFile: file('pid'),
});
const isUp = () => eventually(() => read('log').includes('up') && read('pid') !== '');

describe('a guarded process', () => {
  it('is stopped with the signal of its kind, and its note is taken away', async () => {
    const child = await startGuarded({ ...options(polite), stopSignal: 'SIGINT' });
    await isUp();
    expect(JSON.parse(read('pid'))).toMatchObject({ pid: child.pid });
    expect(await child.stop()).toEqual({ code: 0, signal: null });
    expect(read('said')).toBe('SIGINT');
    expect(existsSync(file('pid'))).toBe(false);
  });

  it('is killed when it does not stop within its bound', async () => {
    const child = await startGuarded({ ...options(stubborn), stopBoundMs: 100 });
    await isUp();
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is killed at once when it is hurried', async () => {
    const child = await startGuarded({ ...options(stubborn), stopBoundMs: 60_000 });
    await isUp();
    const stopped = child.stop();
    void child.stop({ now: true });
    expect(await stopped).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('tells how it ended by itself', async () => {
    const child = await startGuarded(options('process.exit(7)'));
    expect(await child.ended).toEqual({ code: 7, signal: null });
  });

  it('that cannot be run is refused in one line', async () => {
    await expect(startGuarded({ ...options(''), command: file('nothing') })).rejects.toThrow(`the command could not be started: ${file('nothing')} does not exist.`);
  });

  it('does not outlive a parent that is killed', async () => {
    const script = `import(${JSON.stringify(module)}).then(({ startGuarded }) => startGuarded(${JSON.stringify(options(polite))})).then(({ pid }) => console.log(pid))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise((resolve) => parent.stdout.once('data', (chunk) => resolve(Number(chunk))));
    await isUp();
    expect(identify(pid)).not.toBeNull();
    parent.kill('SIGKILL');
    await eventually(() => identify(pid) === null);
    expect(read('said')).toBe('SIGTERM');
    await eventually(() => !existsSync(file('pid')));
  });

  it('is ended by its parent when the watchdog is killed', async () => {
    const child = await startGuarded(options(polite));
    await isUp();
    process.kill(JSON.parse(read('pid')).guard, 'SIGKILL');
    await child.ended;
    expect(identify(child.pid)).toBeNull();
    expect(read('said')).toBe('SIGTERM');
  });

  it('takes its descendants with it when it has a group of its own', async () => {
    const grandchild = `require('child_process').spawn(process.execPath, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' }); ${polite}`;
    const child = await startGuarded({ ...options(grandchild), group: true });
    await isUp();
    const pid = await eventually(() => Number(/^(\d+)$/m.exec(read('log'))?.[1]) || null);
    await child.stop();
    await eventually(() => identify(pid) === null);
  });

  it('leaves no descendants of its group behind when it ends by itself', async () => {
    const script = `require('child_process').spawn(process.execPath, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' }).unref();`;
    const child = await startGuarded({ ...options(`${script} setTimeout(() => process.exit(0), 300)`), group: true });
    const pid = await eventually(() => Number(/^(\d+)$/m.exec(read('log'))?.[1]) || null);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    await eventually(() => identify(pid) === null);
  });
});

describe('what a killed run left behind', () => {
  /** @param {string} script */
  const leaveBehind = async (script) => {
    const run = `import(${JSON.stringify(module)}).then(({ startGuarded }) => startGuarded(${JSON.stringify(options(script))}))`;
    const parent = spawn(process.execPath, ['-e', run], { stdio: 'ignore' });
    await isUp();
    const { guard, pid } = JSON.parse(read('pid'));
    // Held first: it must not see the watchdog go and end the command itself.
    parent.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    parent.kill('SIGKILL');
    await eventually(() => identify(guard) === null);
    expect(identify(pid)).not.toBeNull();
    return pid;
  };

  it('is found by its note and ended', async () => {
    const pid = await leaveBehind(stubborn);
    await endLeftover(file('pid'), { marker: folder, boundMs: 100 });
    expect(identify(pid)).toBeNull();
    expect(existsSync(file('pid'))).toBe(false);
  });

  it('is left alone if the process id belongs to another process by now', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder], { stdio: 'ignore' });
    try {
      const pid = /** @type {number} */ (other.pid);
      writeFileSync(file('pid'), JSON.stringify({ pid, startedAt: 'another moment' }));
      expect(await endLeftover(file('pid'), { marker: folder })).toBe(false);
      writeFileSync(file('pid'), JSON.stringify({ ...identify(pid) }));
      expect(await endLeftover(file('pid'), { marker: 'another folder' })).toBe(false);
      expect(identify(pid)).not.toBeNull();
      writeFileSync(file('pid'), JSON.stringify({ ...identify(pid) }));
      expect(await endLeftover(file('pid'), { marker: folder })).toBe(true);
      expect(identify(pid)).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });
});
