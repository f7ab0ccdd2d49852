import { connectLinks, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { answerRpc } from '@trunkline/testing';
import { codeOf, startBroker, type Broker } from './harness.js';

type Claim = RequestOf<typeof connectLinks.claim>;

describe('a walk that was begun from a connect link', () => {
  let broker: Broker;
  let registry: { stop(): Promise<void> };
  let refuse: AppError | null;
  const claims: Claim[] = [];

  beforeAll(async () => {
    broker = await startBroker();
    await broker.putApp();
    registry = await answerRpc(broker.nats.url, connectLinks.claim, (request) => {
      claims.push(request);
      if (refuse !== null) throw refuse;
      return {};
    });
  });
  afterAll(async () => {
    await registry?.stop();
    await broker?.stop();
  });
  beforeEach(() => {
    refuse = null;
    claims.length = 0;
  });

  const start = (over: object = {}) => broker.start({ connectLink: { id: 'link_1', endUserId: 'u-1' }, ...over });

  it('asks for the link before the code is exchanged, and names it and the end user in the audit log', async () => {
    const walk = await start();
    const done = await broker.complete(walk, broker.provider.consent(walk.authorizationUrl));
    expect(claims).toEqual([{ id: 'link_1', connectionId: walk.connectionId, authorizationId: expect.stringMatching(/^auth_/) as string }]);
    expect(done).toMatchObject({ connectionId: walk.connectionId, returnUrl: 'https://app.example.com/done' });
    for (const entry of broker.audits.filter(({ target }) => target.id === walk.connectionId)) expect(entry.details).toMatchObject({ connectLinkId: 'link_1', endUserId: 'u-1' });
  });

  it('exchanges nothing if the link was used meanwhile, and is told as ended', async () => {
    const walk = await start();
    const query = broker.provider.consent(walk.authorizationUrl);
    const calls = broker.provider.tokenCalls.length;
    refuse = new AppError('CONNECT_LINK_INVALID', 'used');
    expect(await codeOf(broker.complete(walk, query))).toBe('CONNECT_LINK_INVALID');
    expect(broker.provider.tokenCalls).toHaveLength(calls);
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed', authorizationId: claims[0]!.authorizationId });
  });

  it('that the person refuses uses nothing up and leads back to where the link says', async () => {
    const denied = async (walk: Awaited<ReturnType<typeof start>>) =>
      broker.complete(walk, { state: walk.url.searchParams.get('state')!, error: 'access_denied' }).then(() => null, (error: AppError) => [error.code, error.params.returnUrl]);
    expect(await denied(await start())).toEqual(['AUTHORIZATION_DENIED', 'https://app.example.com/done']);
    expect(await denied(await start({ returnUrl: null }))).toEqual(['AUTHORIZATION_DENIED', undefined]);
    expect(claims).toEqual([]);
    expect(await denied(await broker.start())).toEqual(['AUTHORIZATION_DENIED', undefined]);
  });

  it('and no other asks for a link', async () => {
    const walk = await broker.start();
    await broker.complete(walk, broker.provider.consent(walk.authorizationUrl));
    expect(claims).toEqual([]);
  });
});
