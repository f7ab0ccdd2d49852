import { connectors } from '@trunkline/contracts';
import { startRegistry } from './harness.js';

describe('the catalog over the bus', () => {
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  it('answers one connector by any of its names', async () => {
    for (const name of ['sandbox_crm', '@activepieces/piece-sandbox-crm']) expect(await registry.call(connectors.get, { connector: name })).toMatchObject({ id: 'sandbox_crm', authMethods: [{ type: 'OAUTH2' }, { type: 'SECRET_TEXT' }] });
    await expect(registry.call(connectors.get, { connector: 'nothing' })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND', params: { entityType: 'connector', entityId: 'nothing' } });
  });

  it('answers its picture, and no other file', async () => {
    expect((await registry.call(connectors.logo, { connector: 'sandbox_crm' })).svg).toContain('<svg');
    for (const name of ['nothing', '../sandbox_crm', '_template', 'constructor']) await expect(registry.call(connectors.logo, { connector: name })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
  });
});
