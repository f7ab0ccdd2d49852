import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastError } from './last-error.mjs';
import { takeLock } from './lock-file.mjs';
import { readSince, rotate } from './log-file.mjs';
import { identify } from './process-identity.mjs';
import { loadSecrets, natsUserNames } from './secrets.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = (/** @type {string} */ name) => join(folder, name);

describe('the secrets', () => {
  it('are made once, each its own, for the owner alone', () => {
    const data = file('data');
    const secrets = loadSecrets(data);
    expect(loadSecrets(data)).toEqual(secrets);
    expect(Buffer.from(secrets.masterKey, 'base64')).toHaveLength(32);
    expect(Object.keys(secrets.natsPasswords)).toEqual(natsUserNames);
    const { natsPasswords, ...single } = secrets;
    const all = [...Object.values(single), ...Object.values(natsPasswords)];
    expect(new Set(all).size).toBe(all.length);
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
    // Nobody else may list the folder; as root the database's account must be able to pass.
    expect(statSync(data).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
    expect(readdirSync(data)).toEqual(['secrets.json']);
  });

  it('that a newer version needs are added, and none is replaced', () => {
    const { masterKey } = loadSecrets(folder);
    writeFileSync(file('secrets.json'), JSON.stringify({ masterKey, natsPasswords: { gateway: 'old' }, later: 'kept' }));
    const secrets = loadSecrets(folder);
    expect(secrets.masterKey).toBe(masterKey);
    expect(secrets.natsPasswords.gateway).toBe('old');
    expect(secrets.adminKey).toHaveLength(43);
    expect(JSON.parse(readFileSync(file('secrets.json'), 'utf8')).later).toBe('kept');
  });

  it('that are damaged are not made anew', () => {
    writeFileSync(file('secrets.json'), '{"masterKey":');
    expect(() => loadSecrets(folder)).toThrow(/cannot be read as JSON.*restore it from a backup/);
    expect(readFileSync(file('secrets.json'), 'utf8')).toBe('{"masterKey":');
  });
});

describe('a lock', () => {
  it('is held by one, until it is given back', () => {
    const lock = takeLock(file('lock'));
    expect(takeLock(file('lock'))).toEqual({ heldBy: process.pid });
    if ('release' in lock) lock.release();
    expect(existsSync(file('lock'))).toBe(false);
    expect(takeLock(file('lock'))).toHaveProperty('release');
  });

  it('is not held by a process that is gone, nor by another one with its number', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const identity = identify(/** @type {number} */ (other.pid));
    writeFileSync(file('lock'), JSON.stringify(identity));
    expect(takeLock(file('lock'))).toEqual({ heldBy: other.pid });
    writeFileSync(file('lock'), JSON.stringify({ ...identity, startedAt: 'another moment' }));
    const lock = takeLock(file('lock'));
    expect(lock).toHaveProperty('release');
    rmSync(file('lock'));
    writeFileSync(file('lock'), JSON.stringify(identity));
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
    expect(takeLock(file('lock'))).toHaveProperty('release');
  });
});

describe('a log', () => {
  it('is moved aside when it has grown past its cap, and the oldest goes', () => {
    for (const text of ['first', 'second', 'third', 'fourth', 'fifth']) {
      rotate(file('log'), 4);
      writeFileSync(file('log'), text);
    }
    expect(['log', 'log.1', 'log.2', 'log.3'].map((name) => readFileSync(file(name), 'utf8'))).toEqual(['fifth', 'fourth', 'third', 'second']);
    expect(existsSync(file('log.4'))).toBe(false);
    rotate(file('log'), 6);
    expect(readFileSync(file('log'), 'utf8')).toBe('fifth');
  });

  it('is read from where it was', () => {
    writeFileSync(file('log'), 'old\nnew\n\nnewer\n');
    expect(readSince(file('log'), 4)).toEqual(['new', 'newer']);
    expect(readSince(file('missing'))).toEqual([]);
  });
});

describe('why a program ended', () => {
  const log = (/** @type {object} */ entry) => JSON.stringify(entry);

  it('is the last error it logged, with its cause', () => {
    const lines = [log({ level: 'error', message: 'earlier' }), log({ level: 'fatal', service: 'sink', message: 'cannot start', error: { message: 'no such table' } }), log({ level: 'info', message: 'stopped' })];
    expect(lastError(lines)).toBe('sink: cannot start: no such table');
  });

  it('is what it said last in plain words', () => {
    expect(lastError([log({ level: 'info', message: 'hello' }), 'Configuration of gateway is not usable:', '  - PORT: too big'])).toBe('Configuration of gateway is not usable:\n  - PORT: too big');
  });

  it('is the message of an uncaught error, not its stack', () => {
    const text = ['file:///x/main.js:1', 'throw new Error()', '      ^', '', 'Error [ERR_MODULE_NOT_FOUND]: Cannot find package', '    at a (b.js:1:1)', '', 'Node.js v20.20.2'];
    expect(lastError(text.filter((line) => line.trim() !== ''))).toBe('Error [ERR_MODULE_NOT_FOUND]: Cannot find package');
  });
});
