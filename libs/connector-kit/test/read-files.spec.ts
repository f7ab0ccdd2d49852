import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { readStream } from '../src/index.js';
import type { Credential, ReadPage, ReadStreamOptions } from '../src/index.js';
import { filesLeft } from '../src/read/files/read-files.js';
import { fitsGlob, isPlainName } from '../src/read/files/file-name.js';
import { afterJson, keysOf, pagesInterrupted, pagesOf } from './support/read-all.js';
import { startSshServer } from '@trunkline/testing';
import type { SshServer, SshWorld } from '@trunkline/testing';

const connector = loadCatalog().get('sftp');
const old = 1_767_225_600;

describe('files on an SFTP server', () => {
  const files: NonNullable<SshWorld['files']> = new Map();
  let world: SshWorld;
  let server: SshServer;
  beforeAll(async () => {
    world = { username: 'anna', password: 's3cret', directories: ['/out'], files };
    server = await startSshServer(world);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    files.clear();
    delete world.readsPerSession;
  });
  const put = (name: string, content: string | Buffer, mtime = old, mode?: number) => files.set(`/out/${name}`, { content, mtime, ...(mode !== undefined && { mode }) });

  const options = (more: Partial<ReadStreamOptions>, inputs: Record<string, string>): ReadStreamOptions => ({
    egress: { request: () => Promise.reject(new Error('no HTTP here')), connect: (to) => server.egress.connect(to) },
    connector,
    inputs: { host: '127.0.0.1', port: String(server.port), directory: '/out', ...inputs },
    settings: {},
    stream: 'files',
    state: null,
    credential: async (): Promise<Credential> => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret('s3cret'), hostKey: server.fingerprint }),
    ...more,
  });
  const read = (more: Partial<ReadStreamOptions> = {}, inputs: Record<string, string> = {}) => pagesOf(options(more, inputs));
  const readInterrupted = (more: Partial<ReadStreamOptions> = {}, inputs: Record<string, string> = {}) => pagesInterrupted(options(more, inputs));
  const dataOf = (pages: readonly ReadPage[]) => pages.flatMap(({ records }) => records.map(({ data }) => data));

  it('are read row by row, with quotes, line breaks inside of them and every kind of line end', async () => {
    put('a.csv', '\ufeffid,text,size\r\n1,"a, ""b""\nc","5"\r\n2,5" pipe,x\r\n\r\n3,é,');
    expect(dataOf(await read())).toEqual([
      { id: '1', text: 'a, "b"\nc', size: '5', _file: 'a.csv', _row: 1 },
      { id: '2', text: '5" pipe', size: 'x', _file: 'a.csv', _row: 2 },
      { id: '3', text: 'é', size: '', _file: 'a.csv', _row: 4 },
    ]);
  });

  it('may be Latin-1, separated by tabs, or JSON lines with big numbers', async () => {
    put('a.csv', Buffer.from('id\tname\n1\tM\xfcller\n', 'latin1'));
    expect(dataOf(await read({}, { delimiter: 'tab', encoding: 'latin1' }))).toEqual([{ id: '1', name: 'Müller', _file: 'a.csv', _row: 1 }]);
    files.clear();
    put('a.jsonl', '{"id":9007199254740993}\nnot json\n[1]\n{"id":2}');
    const [page] = await read({}, { file_format: 'json_lines' });
    expect(dataOf([page!])).toEqual([{ id: '9007199254740993', _file: 'a.jsonl', _row: 1 }, { id: 2, _file: 'a.jsonl', _row: 4 }]);
    expect(page!.quarantined.map(({ reason }) => reason)).toEqual(['is not JSON', 'is not an object']);
  });

  it('one broken row is put aside, even a quote that is never closed', async () => {
    put('a.csv', 'id,text\n1,a\n2,b,c\n3,"open\n4,d\n');
    const pages = await read();
    expect(dataOf(pages).map((data) => data!['id'])).toEqual(['1', '4']);
    expect(pages[0]!.quarantined).toHaveLength(2);
  });

  it('a large one is gone on from inside, by other processes, with no row lost or twice', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => `${index},"${'x'.repeat(index % 90)}\n"`);
    put('big.csv', `id,text\n${rows.join('\n')}\n`);
    const pages = await readInterrupted({ pageSize: 400 });
    expect(dataOf(pages).map((data) => data!['id'])).toEqual(rows.map((_, index) => String(index)));
    expect(pages.length).toBeGreaterThan(6);
  });

  it('that changed while it was read is begun anew', async () => {
    put('a.csv', 'id\n1\n2\n3\n');
    const reader = readStream(options({ pageSize: 2 }, {}));
    const first = (await reader.next()).value as ReadPage;
    await reader.return();
    put('a.csv', 'id\n9\n1\n2\n3\n', old + 10);
    expect(dataOf(await read({ state: afterJson(first.state) })).map((data) => data!['id'])).toEqual(['9', '1', '2', '3']);
  });

  it('of one second are not lost, whenever they come; the others are read once', async () => {
    put('b.csv', 'id\n1\n');
    const first = await read();
    put('a.csv', 'id\n2\n');
    put('c.csv', 'id\n3\n', old + 1);
    const second = await readInterrupted({ state: afterJson(first.at(-1)!.state) });
    expect(dataOf(second).map((data) => data!['id'])).toEqual(['2', '3']);
    const third = await read({ state: afterJson(second.at(-1)!.state) });
    expect(keysOf(third)).toEqual([]);
    expect(third).toMatchObject([{ done: true, full: false, complete: false }]);
  });

  it('a connection that breaks in the middle is made anew', async () => {
    for (let index = 0; index < 4; index += 1) put(`f${index}.csv`, `id\n${index}\n`, old + index);
    world.readsPerSession = 9;
    expect(dataOf(await read()).map((data) => data!['id'])).toEqual(['0', '1', '2', '3']);
  });

  it('with names that lead elsewhere, links, directories and fresh ones are left alone', async () => {
    put('..', 'x');
    put('.hidden.csv', 'id\n1\n');
    put('a\\b.csv', 'id\n1\n');
    put('link.csv', 'id\n1\n', old, 0o120777);
    put('dir.csv', 'id\n1\n', old, 0o040755);
    put('fresh.csv', 'id\n1\n', Math.floor(Date.now() / 1_000) + 60);
    put('good.csv', 'id\n7\n');
    put('good.txt', 'id\n8\n');
    expect(dataOf(await read({}, { file_pattern: '*.csv' }))).toEqual([{ id: '7', _file: 'good.csv', _row: 1 }]);
    expect(['a/b', '../x', 'a\u0000b', '', 'x'.repeat(256)].map(isPlainName)).toEqual([false, false, false, false, false]);
  });

  it('are not asked for where the server shows another host key, or none is known', async () => {
    const before = server.tried.length;
    for (const hostKey of ['SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', undefined]) {
      const credential = async (): Promise<Credential> => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret('s3cret'), ...(hostKey !== undefined && { hostKey }) });
      await expect(read({ credential })).rejects.toMatchObject({ kind: 'rejected' });
    }
    expect(server.tried.length).toBe(before);
  });

  it('a wrong password is tried once', async () => {
    const before = server.tried.length;
    const credential = async (): Promise<Credential> => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret('wrong'), hostKey: server.fingerprint });
    await expect(read({ credential })).rejects.toMatchObject({ kind: 'unauthorized' });
    // Once by each way that takes a password.
    expect(server.tried.slice(before)).toEqual(['password', 'keyboard-interactive']);
  });
});

it('a pattern of a name takes time in proportion, whatever it is', () => {
  expect([fitsGlob('*', 'a'), fitsGlob('a-*.csv', 'a-1.csv'), fitsGlob('a?c', 'abc'), fitsGlob('a-*.csv', 'b-1.csv'), fitsGlob('*.csv', 'a.csv.gz'), fitsGlob('a.c', 'abc')]).toEqual([true, true, true, false, false, false]);
  const begun = performance.now();
  expect(fitsGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(250))).toBe(false);
  expect(performance.now() - begun).toBeLessThan(500);
});

it('files of one second that cannot all be remembered are not read for ever', () => {
  const found = [{ name: 'a', mtime: 5, size: 1 }, { name: 'b', mtime: 5, size: 1 }, { name: 'c', mtime: 6, size: 1 }];
  const state = { last: { mtime: 5, name: 'b' }, ties: [{ name: 'b', size: 1 }], file: null };
  expect(filesLeft(found, state, true).map(({ name }) => name)).toEqual(['a', 'c']);
  expect(filesLeft(found, state, false).map(({ name }) => name)).toEqual(['c']);
});
