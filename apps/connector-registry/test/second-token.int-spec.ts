import { connectionActivated, connectionBroken, credentialBroken, credentialRefreshed, type Connection, type StatusReason } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerAuthorizations, answerCredentials, answerFlows, startRegistry, type Registry } from './harness.js';

let registry: Registry;
const answering: { stop(): Promise<unknown> }[] = [];
beforeAll(async () => {
  registry = await startRegistry();
  answering.push(await answerCredentials(registry), await answerAuthorizations(registry), await answerFlows(registry));
});
afterAll(async () => {
  await Promise.all(answering.map((one) => one.stop()));
  await registry.stop();
});

const { activate, authorize, fact, handled, only } = verbs(() => registry);

async function connected() {
  const { principal } = await registry.tenant();
  const { connectionId } = await authorize(principal);
  await activate(connectionId, 1);
  return { connection: await only(principal), standing: () => only(principal) };
}

const broken = async (connection: Connection, credentialVersion: number, reason: StatusReason = 'reauth_required') => {
  const eventId = `broken-${connection.id}-${credentialVersion}`;
  await registry.tell(credentialBroken, { ...fact(connection), credentialVersion, reason }, eventId);
  await handled(eventId);
};
const refreshed = async (connection: Connection, credentialVersion: number) => {
  const eventId = `refreshed-${connection.id}-${credentialVersion}`;
  await registry.tell(credentialRefreshed, { ...fact(connection), credentialVersion, expiresAt: null }, eventId);
  await handled(eventId);
};

/** What the keeper tells of a connection with two tokens (docs/how-tokens-stay-alive.md), in whichever order it comes. */
describe('a connection whose second token broke', () => {
  it('is degraded until that token works again, whatever becomes of the first', async () => {
    const { connection, standing } = await connected();
    await broken(connection, 3);
    expect(await standing()).toMatchObject({ status: 'degraded', statusReason: 'reauth_required' });
    // The first was refreshed before the second broke, and that is heard of only now.
    await refreshed(connection, 2);
    expect(await standing()).toMatchObject({ status: 'degraded', statusReason: 'reauth_required' });
    // Refreshed once more since: the keeper says again what stands in the way.
    await broken(connection, 4);
    expect(await standing()).toMatchObject({ status: 'degraded', statusReason: 'reauth_required' });
    expect(registry.told.of(connectionBroken, connection.id)).toHaveLength(1);
    await refreshed(connection, 5);
    expect(await standing()).toMatchObject({ status: 'active', statusReason: null });
    await waitFor(() => registry.told.of(connectionActivated, connection.id).some(({ recovered }) => recovered === true), { what: 'the recovery to be told' });
  });

  it('takes the reason of the one that still fails when the other is mended', async () => {
    const { connection, standing } = await connected();
    await broken(connection, 1, 'refresh_outcome_unknown');
    await broken(connection, 3);
    expect(await standing()).toMatchObject({ status: 'degraded', statusReason: 'reauth_required' });
  });
});
