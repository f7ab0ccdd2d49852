import type { RunningService } from '@trunkline/service';
import { startTestNats, startTestService, type TestNats } from '@trunkline/testing';
import { asyncApiDocument, gateway } from '../src/index.js';

describe('the description of the bus', () => {
  let nats: TestNats;
  let service: RunningService;

  beforeAll(async () => {
    nats = await startTestNats();
    service = await startTestService(gateway, { natsUrl: nats.url, environment: { PORT: '0' } });
  });
  afterAll(async () => {
    await service?.close();
    await nats?.stop();
  });

  it('is served beside the API\'s', async () => {
    const response = await fetch(`${service.url}/api/docs/asyncapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('application/json') as string]);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });
});
