import { renderNatsConfig } from './nats-config.mjs';

const base = { serverName: 'trunkline-1', port: 4222, storeDir: '/data/na"ts' };

describe('the configuration of nats-server', () => {
  it('listens on the loopback interface, with JetStream in its folder', () => {
    expect(renderNatsConfig(base)).toBe(
      'server_name: "trunkline-1"\nlisten: "127.0.0.1:4222"\nmax_payload: 8388608\njetstream {\n  store_dir: "/data/na\\"ts"\n  max_file_store: 64GB\n}\n',
    );
  });

  it('forces what it acknowledges to disk when asked to', () => {
    expect(renderNatsConfig({ ...base, syncInterval: 'always' })).toContain('  sync_interval: "always"\n}');
  });

  it('gives each user its password and its subjects', () => {
    const text = renderNatsConfig({ ...base, users: [{ user: 'gateway', password: 'p"1', publish: ['rpc.>', '$JS.API.INFO'], subscribe: ['_INBOX.gateway.>'] }, { user: 'operator', password: 'p2' }] });
    expect(text).toContain('{ user: "gateway", password: "p\\"1", permissions: { publish: { allow: ["rpc.>", "$JS.API.INFO"] }, subscribe: { allow: ["_INBOX.gateway.>"] } } }');
    expect(text).toContain('{ user: "operator", password: "p2" }');
  });

  it('takes an empty list as "nothing", not as "everything"', () => {
    expect(renderNatsConfig({ ...base, users: [{ user: 'sink', password: 'p', publish: [], subscribe: ['a'] }] })).toContain('publish: { deny: ">" }');
  });

  it('refuses control characters, which could begin a line of their own', () => {
    expect(() => renderNatsConfig({ ...base, users: [{ user: 'a\nb', password: 'p' }] })).toThrow('control characters');
  });
});
