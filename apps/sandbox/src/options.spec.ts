import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sandboxOptions } from './options.js';
import { startSandbox } from './start-sandbox.js';

describe('the options', () => {
  it('all have defaults, with at least 5,000 records', () => {
    const options = sandboxOptions.parse({});
    expect(Object.values(options.records).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5000);
    expect(options).toMatchObject({ host: '127.0.0.1', port: 0, pageSizeMax: 200, accessTokenSeconds: 3600, rotation: 'rotate', rateLimit: null });
    expect(options.apiKeys).toHaveLength(1);
  });

  it('call the only client trunkline-sandbox unless told otherwise', () => {
    const [client] = sandboxOptions.parse({ clients: [{ clientSecret: 'some-secret', redirectUris: ['http://127.0.0.1/cb'] }] }).clients;
    expect(client).toMatchObject({ clientId: 'trunkline-sandbox', tokenEndpointAuthMethod: 'client_secret_basic' });
  });

  it('name every problem at once', async () => {
    const wrong = startSandbox({ port: -1, publicUrl: 'https://a.example/path', clients: [{ redirectUris: [] }] });
    await expect(wrong).rejects.toThrow(/port[^]*publicUrl|publicUrl[^]*port/);
    await expect(startSandbox({ apiKeys: [{ key: 'long-enough', account: 'acc_9' }] })).rejects.toThrow(/there is no account acc_9/);
    await expect(startSandbox({ surprise: 1 } as object)).rejects.toThrow(/surprise/);
  });

  it('do not let it start in production mode', async () => {
    const start = startSandbox({ production: true });
    start.then((running) => running.close()).catch(() => undefined);
    await expect(start).rejects.toThrow(/development only.*production mode/);
  });

  it('name the port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    await expect(startSandbox({ port, records: { contacts: 0, companies: 0, deals: 0, activities: 0 } })).rejects.toThrow(`127.0.0.1:${port}`);
    await new Promise((done) => other.close(done));
  });
});
