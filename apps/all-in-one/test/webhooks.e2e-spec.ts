import { createHmac } from 'node:crypto';
import { startHttpServer, waitFor, type TestHttpServer } from '@trunkline/testing';
import { RefreshWorld } from './refresh-world.js';

interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly genuine: boolean;
}

/** What happens to a connection reaches the client's own server, signed, through the whole product. */
describe('webhooks', () => {
  let world: RefreshWorld;
  let receiver: TestHttpServer;
  let secret = '';
  let refusals = 1;
  const messages: Message[] = [];

  beforeAll(async () => {
    receiver = await startHttpServer((request, response, body) => {
      const { 'webhook-id': id = '', 'webhook-timestamp': at = '', 'webhook-signature': signatures = '' } = request.headers as Record<string, string>;
      const expected = `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(`${id}.${at}.${body}`).digest('base64')}`;
      const { type, data } = JSON.parse(body) as Message;
      // The first is refused once: it must come again, under its id.
      const refused = refusals-- > 0;
      if (!refused) messages.push({ id, type, data, genuine: signatures.split(' ').includes(expected) && Math.abs(Date.now() / 1_000 - Number(at)) < 300 });
      response.writeHead(refused ? 503 : 204).end();
    });
    world = await RefreshWorld.start({ refreshers: 1, allow: [receiver.authority], environment: { TRUNKLINE_WEBHOOK_RETRY_SECONDS: '1,2,5' } });
  }, 120_000);
  afterAll(async () => {
    await world?.stop();
    await receiver?.close();
  }, 60_000);

  it('tell of a connection that broke, and of its recovery', async () => {
    const key = world.tenant.key;
    const { key: admin } = (await world.stack.call<{ key: string }>('POST', '/api/v1/api-keys', { key: world.stack.adminKey, body: { projectId: world.tenant.projectId, displayName: 'Admin', scopes: ['admin'] } })).body;
    const made = await world.stack.call<{ id: string; secret: string }>('POST', '/api/v1/webhooks', { key: admin, body: { url: `${receiver.url}/hook`, events: ['connection.broken', 'connection.recovered'] } });
    expect(made.status).toBe(201);
    secret = made.body.secret;
    expect(JSON.stringify((await world.stack.call('GET', `/api/v1/webhooks/${made.body.id}`, { key: admin })).body)).not.toContain(secret);

    world.platform.rotation = 'strict';
    const { id, grant, externalId } = await world.connect();
    grant.alive = false;
    await world.expire(id);
    expect((await world.resolve(id)).body.code).toBe('CREDENTIAL_NEEDS_RECONNECT');
    const broken = await waitFor(() => messages.find(({ type }) => type === 'connection.broken'), { what: 'the message that it broke', timeoutMs: 30_000 });
    expect(broken).toMatchObject({ genuine: true, data: { connectionId: id, externalId, connector: 'sandbox_crm', reason: 'reauth_required' } });

    await world.connect(undefined, { externalId }, key);
    const recovered = await waitFor(() => messages.find(({ type }) => type === 'connection.recovered'), { what: 'the message that it works again', timeoutMs: 30_000 });
    expect(recovered).toMatchObject({ genuine: true, data: { connectionId: id } });
    expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
  }, 90_000);
});
