import { audits, connections, credentials, Secret } from '@trunkline/contracts';
import { connectTestClient, waitFor, type TestClient } from '@trunkline/testing';
import { connection, World } from './world.js';

let world: World;
let bus: TestClient;
const heard: { subject: string; requestId: string | undefined }[] = [];

beforeAll(async () => {
  world = await World.start();
  bus = await connectTestClient(world.nats.url, 'listener');
  bus.nats.subscribe('rpc.>', {
    callback: (_, message) => {
      heard.push({ subject: message.subject, requestId: message.headers?.get('Trunkline-Request-Id') });
    },
  });
  await bus.nats.flush();
  await Promise.all([
    world.answer(audits.denied)(() => ({})),
    world.answer(connections.get)(() => connection),
    world.answer(credentials.resolve)(() => ({ connectionId: 'conn_1', connector: 'hubspot', type: 'OAUTH2', token: new Secret('t'), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null })),
  ]);
});
afterAll(async () => {
  await bus?.close();
  await world?.stop();
});

describe('the id of a request', () => {
  it.each([
    ['without a body', '/api/v1/app-connections/conn_1/token', undefined, credentials.resolve.subject],
    ['with a body', '/api/connectors/hubspot/token', { connectionId: 'conn_1' }, credentials.resolve.subject],
    ['that is refused', '/api/v1/app-connections', { displayName: 'x' }, audits.denied.subject],
  ])('goes with what is asked for a request %s', async (name, path, body, subject) => {
    const requestId = `req-${name.replaceAll(' ', '-')}`;
    const key = subject === audits.denied.subject ? 'reader' : 'good';
    await world.call(path, { method: 'POST', key, body, headers: { 'x-request-id': requestId } });
    expect(await waitFor(() => heard.find((message) => message.requestId === requestId && message.subject === subject), { what: 'the request on the bus' })).toBeTruthy();
  });

  it('is each its own, however many come at once', async () => {
    heard.length = 0;
    const ids = Array.from({ length: 60 }, (_, index) => `many-${index}-abcdef`);
    await Promise.all(ids.map((requestId, index) => world.call(index % 2 === 0 ? '/api/v1/app-connections/conn_1/token' : '/api/connectors/hubspot/token', { method: 'POST', ...(index % 2 === 0 ? {} : { body: {} }), headers: { 'x-request-id': requestId } })));
    const resolved = await waitFor(() => (heard.filter(({ subject }) => subject === credentials.resolve.subject).length === 60 ? heard : false), { what: 'all of them on the bus' });
    expect(resolved.filter(({ subject }) => subject === credentials.resolve.subject).map(({ requestId }) => requestId).sort()).toEqual([...ids].sort());
  });
});
