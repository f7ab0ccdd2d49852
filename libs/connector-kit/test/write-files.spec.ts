import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import { openWriter } from '../src/index.js';
import type { Credential, WriterOptions } from '../src/index.js';
import { startSshServer } from '@trunkline/testing';
import type { SshServer, SshWorld } from '@trunkline/testing';
import { batchOf, gone, upsert } from './support/write.js';

const connector = loadCatalog().get('sftp');

describe('writing files to an SFTP server', () => {
  const files: NonNullable<SshWorld['files']> = new Map();
  const calls: string[] = [];
  let world: SshWorld;
  let server: SshServer;
  beforeAll(async () => {
    world = { username: 'anna', password: 's3cret', files };
    server = await startSshServer(world);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    files.clear();
    calls.length = 0;
    world.directories = ['/in'];
    world.writable = (call) => void calls.push(call);
  });

  const open = (target: object = {}, more: Partial<WriterOptions> = {}) =>
    openWriter({
      egress: { request: () => Promise.reject(new Error('no HTTP here')), connect: (to) => server.egress.connect(to) },
      connector,
      inputs: { host: '127.0.0.1', port: String(server.port) },
      settings: {},
      target: { kind: 'file', directory: '/in/crm/', format: 'json_lines', ...target } as WriterOptions['target'],
      stream: 'contacts',
      flowId: 'flow_1',
      credential: async (): Promise<Credential> => ({ type: 'BASIC_AUTH', username: 'anna', password: new Secret('s3cret'), hostKey: server.fingerprint }),
      renew: async () => false,
      signal: new AbortController().signal,
      ...more,
    });
  const contentOf = (name: string) => files.get(`/in/crm/contacts/${name}`)?.content.toString();

  it('writes each batch beside its name, and gives it the name when it is whole', async () => {
    const writer = open();
    const big = 'x'.repeat(100_000);
    await writer.write(batchOf([upsert('a', 1, { big }), gone('b', 2)], 3, 12));
    await writer.write(batchOf([upsert('c', 3)], 4, 12));
    await writer.close();
    expect([...files.keys()]).toEqual(['/in/crm/contacts/0000000012-00000003.jsonl', '/in/crm/contacts/0000000012-00000004.jsonl']);
    expect(contentOf('0000000012-00000003.jsonl')).toBe(`${JSON.stringify({ op: 'upsert', key: 'a', version: 1, data: { big } })}\n{"op":"delete","key":"b","version":2,"data":null}\n`);
    expect(world.directories).toEqual(['/in', '/in/crm', '/in/crm/contacts']);
    expect(calls.filter((call) => !call.startsWith('rename') && call.endsWith('.jsonl'))).toEqual([]);
  });

  it('overwrites the file of a batch that is written again', async () => {
    const writer = open();
    await writer.write(batchOf([upsert('a', 1, { try: 1 })]));
    await writer.write(batchOf([upsert('a', 1, { try: 2 })]));
    await writer.close();
    expect([...files.keys()]).toEqual(['/in/crm/contacts/0000000001-00000001.jsonl']);
    expect(contentOf('0000000001-00000001.jsonl')).toContain('"try":2');
  });

  it('leaves no part under the name when the session breaks, and writes it whole over another', async () => {
    let broken = 0;
    world.writable = (call) => {
      calls.push(call);
      if (!call.startsWith('write') || broken > 0) return;
      broken += 1;
      expect(contentOf('0000000001-00000001.jsonl')).toBeUndefined();
      return 'hang up';
    };
    const writer = open();
    await writer.write(batchOf([upsert('a', 1), upsert('b', 2)]));
    await writer.close();
    expect(broken).toBe(1);
    expect(contentOf('0000000001-00000001.jsonl')?.trim().split('\n')).toHaveLength(2);
    expect([...files.keys()]).toHaveLength(1);
  });

  it('writes CSV with the members of all records as columns', async () => {
    const writer = open({ format: 'csv' });
    await writer.write(batchOf([upsert('a', 1, { id: 'a', note: 'say "hi",\nAnna' }), upsert('b', 2, { id: 'b', tags: ['x', 1], ok: false, none: null }), gone('c', 3)]));
    await writer.close();
    expect(contentOf('0000000001-00000001.csv')).toBe(
      ['_key,_version,_deleted,id,note,tags,ok,none', 'a,1,false,a,"say ""hi"",\nAnna",,,', 'b,2,false,b,,"[""x"",1]",false,', 'c,3,true,,,,,', ''].join('\r\n'),
    );
  });

  it('says what the user may not do, signs in to no other server, and stays in its directory', async () => {
    world.writable = () => 'refuse';
    await expect(open().write(batchOf([upsert('a', 1)]))).rejects.toMatchObject({ kind: 'forbidden', message: expect.not.stringContaining('secret-of-the-server') as string });
    const other: Credential = { type: 'BASIC_AUTH', username: 'anna', password: new Secret('s3cret'), hostKey: `SHA256:${'A'.repeat(43)}` };
    await expect(open({}, { credential: async () => other }).write(batchOf([upsert('a', 1)]))).rejects.toThrow('host key');
    for (const directory of ['/in/../etc', '..', 'a\\b']) expect(() => open({ directory })).toThrow('directory');
  });
});
