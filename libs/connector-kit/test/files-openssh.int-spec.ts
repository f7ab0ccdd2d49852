import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { sshKeyPair, startSshServer } from '@trunkline/testing';
import type { SshServer } from '@trunkline/testing';
import { openWriter, verifyCredential } from '../src/index.js';
import type { Credential, StreamState, WriterOptions } from '../src/index.js';
import { afterJson, keysOf, pagesInterrupted } from './support/read-all.js';
import { batchOf, gone, upsert } from './support/write.js';

const connector = loadCatalog().get('sftp');
const key = sshKeyPair();

/** With the sftp-server of OpenSSH over the files of this machine, and a key to sign in. */
describe('files of an OpenSSH server', () => {
  let server: SshServer;
  let directory: string;
  let count = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trunkline-sftp-'));
    server = await startSshServer({ username: 'anna', authorizedKeys: [key.public], openssh: directory });
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const newFolder = async (): Promise<string> => {
    const folder = join(directory, `folder-${(count += 1)}`);
    await mkdir(folder);
    return folder;
  };
  const common = () => ({
    egress: { request: () => Promise.reject(new Error('no HTTP here')), connect: (to: Parameters<SshServer['egress']['connect']>[0]) => server.egress.connect(to) },
    connector,
    settings: {},
    credential: async (): Promise<Credential> => ({ type: 'KEY_PAIR', username: 'anna', privateKey: new Secret(key.private), passphrase: null, hostKey: server.fingerprint }),
  });
  const inputs = (folder: string, more: Record<string, string> = {}) => ({ host: '127.0.0.1', port: String(server.port), directory: folder, ...more });
  const read = (folder: string, { state = null, pageSize = 1_000, ...more }: { state?: StreamState | null; pageSize?: number; file_pattern?: string; file_format?: string } = {}) =>
    pagesInterrupted({ ...common(), inputs: inputs(folder, more), stream: 'files', state, pageSize });
  const put = async (folder: string, name: string, content: string, second: number): Promise<void> => {
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), 1_767_225_600 + second, 1_767_225_600 + second);
  };

  it('are read by time and name, also a thousand of them, and the next pass reads what came', async () => {
    const folder = await newFolder();
    for (let index = 0; index < 1_000; index += 1) await put(folder, `f${String(index).padStart(4, '0')}.csv`, `id\n${index}\n`, 1_000 - (index % 10));
    const pages = await read(folder);
    const ids = pages.flatMap(({ records }) => records.map(({ data }) => Number(data!['id'])));
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => index).sort((left, right) => (right % 10) - (left % 10) || left - right));
    await put(folder, 'f0007.csv', 'id\n7000\n', 2_000);
    const second = await read(folder, { state: afterJson(pages.at(-1)!.state) });
    expect(second.flatMap(({ records }) => records.map(({ data }) => data!['id']))).toContain('7000');
    expect(second.flatMap(({ records }) => records).length).toBeLessThan(200);
  }, 60_000);

  it('a large one is read in pieces with no row lost or twice', async () => {
    const folder = await newFolder();
    await put(folder, 'large.csv', `id,text\n${Array.from({ length: 20_000 }, (_, index) => `${index},"row ${index}\nof ü"`).join('\n')}\n`, 0);
    const pages = await read(folder, { pageSize: 3_000 });
    const ids = pages.flatMap(({ records }) => records.map(({ data }) => Number(data!['id'])));
    expect(pages.length).toBeGreaterThan(5);
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
    expect(new Set(keysOf(pages)).size).toBe(20_000);
  });

  it('links, directories and hidden files are left alone; a file that may not be read, or that goes, fails by name', async () => {
    const folder = await newFolder();
    await put(folder, 'good.csv', 'id\n1\n', 0);
    await put(folder, '.hidden.csv', 'id\n2\n', 0);
    await mkdir(join(folder, 'directory.csv'));
    await symlink('/etc/passwd', join(folder, 'link.csv'));
    const pages = await read(folder);
    expect(pages.flatMap(({ records }) => records.map(({ data }) => data!['id']))).toEqual(['1']);
    await expect(read(join(folder, 'nowhere'))).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('does not exist') as string });
    if (process.getuid?.() === 0) return;
    await chmod(join(folder, 'good.csv'), 0);
    await expect(read(folder)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('are written whole under their names, again over what is there, and into directories that are made', async () => {
    const folder = await newFolder();
    const writer = openWriter({ ...common(), inputs: inputs(folder), target: { kind: 'file', directory: join(folder, 'in/crm'), format: 'json_lines' }, stream: 'contacts', flowId: 'flow_1', renew: async () => false, signal: new AbortController().signal } as WriterOptions);
    const big = 'ü'.repeat(400_000);
    await writer.write(batchOf([upsert('a', 1, { big }), gone('b', 2)], 3, 12));
    await writer.write(batchOf([upsert('c', 3, { try: 1 })], 4, 12));
    await writer.write(batchOf([upsert('c', 3, { try: 2 })], 4, 12));
    await writer.close();
    const into = join(folder, 'in/crm/contacts');
    expect((await readdir(into)).sort()).toEqual(['0000000012-00000003.jsonl', '0000000012-00000004.jsonl']);
    expect(await readFile(join(into, '0000000012-00000003.jsonl'), 'utf8')).toBe(`${JSON.stringify({ op: 'upsert', key: 'a', version: 1, data: { big } })}\n{"op":"delete","key":"b","version":2,"data":null}\n`);
    expect(await readFile(join(into, '0000000012-00000004.jsonl'), 'utf8')).toContain('"try":2');
    for (const name of await readdir(into)) await utimes(join(into, name), 1_767_225_600, 1_767_225_600);
    // What is written there can be read from there.
    const pages = await read(into, { file_pattern: '*.jsonl', file_format: 'json_lines' });
    expect(pages.flatMap(({ records }) => records)).toHaveLength(3);
  });

  it('are signed in for with the key, whose account is named', async () => {
    const outcome = await verifyCredential({ ...common(), inputs: inputs(directory), credential: await common().credential() });
    expect(outcome).toMatchObject({ kind: 'verified', account: { name: expect.stringContaining('anna') as string } });
  });
});
