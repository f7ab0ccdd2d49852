import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { usableCredential } from '@trunkline/contracts';
import { authMethodsOf, connectorsDirectory, loadCatalog } from '@trunkline/catalog';
import { parseJson, readStream, verifyCredential } from '../src/index.js';
import type { Credential, Dialer, Requester, StreamState } from '../src/index.js';
import { replay } from './support/replay.js';
import type { Exchange } from './support/replay.js';
import { fingerprintOf, sshKeyPair, startSshServer } from '@trunkline/testing';
import type { SshServer } from '@trunkline/testing';

interface Fixture {
  settings?: Record<string, string>;
  inputs?: Record<string, string>;
  credential: { type: string; accessToken?: string; username?: string; password?: string };
  pageSize?: number;
  /** What the clock says: reports and searches end at the present. */
  now?: string;
  /** `files`: what an SFTP server has in that pass. */
  passes?: { exchanges: Exchange[]; keys: string[]; deleted: string[]; now?: string; files?: Record<string, { content: string; mtime: number }> }[];
  exchanges?: Exchange[];
  /** Null for an answer that looks like a success and is none. */
  account?: unknown;
  /** Where the connector is no HTTP API: what the server has. The same credential signs in there. */
  sftp?: { directories: string[] };
}

const readAll = (id: string, name: string) => [parseJson(readFileSync(join(connectorsDirectory, id, 'fixtures', name), 'utf8')) as Fixture | Fixture[]].flat();
const read = (id: string, name: string) => readAll(id, name)[0]!;

const credentialOf = (given: Fixture['credential']): Credential =>
  usableCredential.decode({ ...given, ...(given.accessToken !== undefined && { tokenType: 'Bearer' }) } as never);

const opened: SshServer[] = [];
const hostKey = sshKeyPair();
const known = { hostKey: fingerprintOf(hostKey.public) };
afterEach(() => jest.useRealTimers());
afterAll(() => Promise.all(opened.map((server) => server.close())));

/** A local server in the place of every host a fixture names. */
async function sftpStandIn(directories: string[], { username = '', password }: Fixture['credential'], files: Record<string, { content: string; mtime: number }> = {}): Promise<Requester & Dialer> {
  const server = await startSshServer({ username, password, directories, files: new Map(Object.entries(files)) }, hostKey);
  opened.push(server);
  return { ...replay([]), connect: () => server.egress.connect({ host: '127.0.0.1', port: server.port }) };
}

/** Timers and sockets go on as ever; only the date stands still. */
const setClock = (now: string) => jest.useFakeTimers({ now: new Date(now), doNotFake: ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });

/** The fixtures of the connection; every other one is a stream's. */
const notStreams = new Set(['verification.json', 'tokens.json', 'api-description.json']);

const folders = readdirSync(connectorsDirectory).filter((name) => !name.startsWith('_'));

describe.each(folders)('the fixtures of %s', (id) => {
  const files = readdirSync(join(connectorsDirectory, id, 'fixtures')).filter((name) => name.endsWith('.json') && !notStreams.has(name));

  // `it.each` refuses an empty list, and a connector may have no streams.
  const eachFile = (check: (file: string) => Promise<void>) => files.forEach((file) => it(`${file}: the documented answers give these records`, () => check(file)));

  eachFile(async (file) => {
    const { settings = {}, inputs = {}, credential, pageSize, now, passes = [] } = read(id, file);
    const connector = loadCatalog({ settings }).get(id);
    expect(passes.length).toBeGreaterThan(0);
    let state: StreamState | null = null;
    for (const pass of passes) {
      const clock = pass.now ?? now;
      if (clock !== undefined) setClock(clock);
      const egress = pass.files === undefined ? replay(pass.exchanges) : { ...(await sftpStandIn(['/outgoing'], credential, pass.files)), left: [] };
      const keys: string[] = [];
      const deleted: string[] = [];
      const stream = file.slice(0, -'.json'.length);
      for await (const page of readStream({ egress, connector, inputs, settings, stream, state, pageSize, credential: async () => credentialOf(pass.files === undefined ? credential : { ...credential, ...known }) })) {
        for (const { op, key } of page.records) (op === 'delete' ? deleted : keys).push(key);
        expect(page.quarantined).toEqual([]);
        state = page.state;
      }
      expect({ keys, deleted, left: egress.left.length }).toEqual({ keys: pass.keys, deleted: pass.deleted, left: 0 });
    }
  });

  // Databases are signed in to in read-table.int-spec.ts.
  const isDatabase = readAll(id, 'verification.json').every(({ exchanges, sftp }) => exchanges?.length === 0 && sftp === undefined);
  if (isDatabase) return;

  it.each(readAll(id, 'verification.json').map((fixture) => [fixture.credential.type, fixture] as const))(
    'verification.json, %s: the request is as documented, and its answer names the account',
    async (_type, { settings = {}, inputs = {}, credential, exchanges = [], account, sftp }) => {
      const egress = sftp === undefined ? replay(exchanges) : { ...(await sftpStandIn(sftp.directories, credential)), left: [] };
      const connector = loadCatalog({ settings }).get(id);
      expect(await verifyCredential({ egress, connector, inputs, settings, credential: credentialOf(credential) })).toMatchObject(account === null ? { kind: 'rejected' } : { kind: 'verified', account });
      expect(egress.left).toEqual([]);
    },
  );

  it('verification.json has every way to connect by HTTP', () => {
    const fixtures = readAll(id, 'verification.json');
    const connector = loadCatalog({ settings: fixtures[0]?.settings }).get(id);
    const missing = authMethodsOf(connector).filter((method) => !fixtures.some(({ credential }) => credential.type === method));
    expect(connector.verification.protocol === 'sftp' ? [] : missing).toEqual([]);
  });
});
