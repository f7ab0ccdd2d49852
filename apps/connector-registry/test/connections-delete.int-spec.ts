import { connectionConfigured, connectionDeleted, connections, type Principal, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerAuthorizations, answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';

let registry: Registry;
let keeper: Awaited<ReturnType<typeof answerCredentials>>;
let broker: Awaited<ReturnType<typeof answerAuthorizations>>;
let orchestrator: Awaited<ReturnType<typeof answerFlows>>;
beforeAll(async () => {
  registry = await startRegistry();
  keeper = await answerCredentials(registry);
  broker = await answerAuthorizations(registry);
  orchestrator = await answerFlows(registry);
});
afterAll(async () => {
  for (const part of [keeper, broker, orchestrator, registry]) await part.stop();
});
afterEach(() => {
  keeper.beforePut(async () => undefined);
  orchestrator.beforeReplace(async () => undefined);
});

const { activate, auditOf, authorize, connect, get, key, list, remove } = verbs(() => registry);
let flowNumber = 0;
const flowOn = (id: string, projectId: string | null, enabled = true) => {
  const flowId = `flow_${(flowNumber += 1)}`;
  orchestrator.flowsOf.set(id, [...(orchestrator.flowsOf.get(id) ?? []), { id: flowId, projectId, enabled }]);
  return flowId;
};
const flowsOn = (id: string) => (orchestrator.flowsOf.get(id) ?? []).map((flow) => flow.id);
const replace = (principal: Principal, sourceId: string, targetId: string, over: Partial<RequestOf<typeof connections.replace>> = {}) =>
  registry.call(connections.replace, { principal, sourceId, targetId, deleteSource: false, ...over });
const two = async (principal: Principal) => [await connect(principal, { externalId: 'a' }), await connect(principal, { externalId: 'b' })] as const;
const openReplacements = (sourceId: string) => registry.database.query('SELECT 1 FROM registry.connection_replacement WHERE source_id = $1', [sourceId]);

describe('deleting a connection', () => {
  it('that nothing uses takes it away with its credential', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    expect(await remove(principal, id)).toEqual({ deleted: id });
    expect(keeper.deleted).toContain(id);
    expect(await codeOf(get(principal, id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(remove(principal, id))).toBe('ENTITY_NOT_FOUND');
    await registry.told.wait(connectionDeleted, id);
    expect(await auditOf(id)).toContain('connection.deleted');
  });

  it('that active flows use is refused in the reference\'s words', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal);
    for (let index = 0; index < 3; index += 1) flowOn(id, project.id);
    flowOn(id, project.id, false);
    await expect(remove(principal, id)).rejects.toMatchObject({
      code: 'VALIDATION', params: { flows: 3, message: 'Connection is used in 3 active flows. Please remove it from flows first.' },
    });
    expect((await get(principal, id)).status).toBe('active');
    expect(keeper.deleted).not.toContain(id);
  });

  it('by force leaves it missing while flows name it; then it can be removed', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal, { externalId: 'main' });
    flowOn(id, project.id);
    expect(await remove(principal, id, true)).toEqual({ deleted: id });
    expect(keeper.deleted).toContain(id);
    expect(await get(principal, id)).toMatchObject({ status: 'missing' });
    await waitFor(() => registry.told.of(connectionConfigured, id).some(({ enabled }) => enabled === false), { what: 'the keeper to be told' });
    expect(await codeOf(activate(id, 9_999))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(remove(principal, id))).toBe('VALIDATION');
    orchestrator.flowsOf.delete(id);
    await remove(principal, id);
    expect(await list(principal)).toEqual([]);
    expect(registry.told.of(connectionDeleted, id)).toHaveLength(1);
  });

  it('that only disabled flows name leaves it missing', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal);
    flowOn(id, project.id, false);
    await remove(principal, id);
    expect(await get(principal, id)).toMatchObject({ status: 'missing' });
  });

  it('frees its externalId, and what is connected under it takes its place in the flows', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal, { externalId: 'main' });
    const flowId = flowOn(id, project.id);
    await remove(principal, id, true);
    expect(await codeOf(authorize(principal, { connector: 'sandbox_graphql', id }))).toBe('INVALID_APP_CONNECTION');
    const next = await connect(principal, { externalId: 'main' });
    expect(next.id).not.toBe(id);
    await waitFor(() => flowsOn(next.id).includes(flowId), { what: 'the flow to be moved', timeoutMs: 20_000 });
    await waitFor(async () => (await list(principal)).length === 1, { what: 'the missing one to go' });
  }, 30_000);

  it('goes on by force when nobody can say which flows use it', async () => {
    const { principal } = await registry.tenant();
    const [a, b] = await two(principal);
    await orchestrator.goAway();
    try {
      expect(await codeOf(remove(principal, a.id))).toBe('SERVICE_UNAVAILABLE');
      await remove(principal, b.id, true);
    } finally {
      await orchestrator.comeBack();
    }
    expect((await get(principal, a.id)).status).toBe('active');
    expect((await get(principal, b.id)).status).toBe('missing');
  }, 30_000);

  it('is for the owner or an admin, and foreign is unknown', async () => {
    const { principal, principalWith } = await registry.tenant({ withUser: true });
    const { principal: stranger } = await registry.tenant();
    const { id } = await connect(principal);
    expect(await codeOf(remove(stranger, id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(remove(await principalWith(['connections:write']), id))).toBe('AUTHORIZATION');
    expect(await codeOf(remove(await principalWith(['connections:read']), id))).toBe('AUTHORIZATION');
    await remove(await principalWith(['admin']), id);
  });

  it('while a credential is on its way leaves neither', async () => {
    const { principal, project } = await registry.tenant();
    const first = await connect(principal, { externalId: 'main' });
    flowOn(first.id, project.id);
    keeper.beforePut(async ({ connectionId }) => void (await remove(principal, connectionId, true)));
    expect(await codeOf(connect(principal, { externalId: 'main' }))).toBe('CONFLICT');
    expect(await get(principal, first.id)).toMatchObject({ status: 'missing' });
  });

  it('ten times at once deletes once', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => codeOf(remove(principal, id))));
    expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['no error', 'ENTITY_NOT_FOUND']));
  });
});

describe('disconnecting what flows use', () => {
  it('leaves it missing; the rest is gone', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    flowOn(a.id, project.id);
    const { disconnected } = await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' });
    expect(disconnected.sort()).toEqual([a.id, b.id].sort());
    expect((await list(principal)).map(({ id, status }) => ({ id, status }))).toEqual([{ id: a.id, status: 'missing' }]);
    expect(await codeOf(registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' }))).toBe('ENTITY_NOT_FOUND');
  });
});

describe('replacing', () => {
  it('moves all flows of the project and keeps the source', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    const ids = [flowOn(a.id, project.id), flowOn(a.id, project.id)];
    expect(await replace(principal, a.id, b.id)).toEqual({ flowIds: ids });
    expect(flowsOn(b.id)).toEqual(ids);
    expect((await get(principal, a.id)).status).toBe('active');
    expect(await openReplacements(a.id)).toEqual([]);
    expect(await auditOf(a.id)).toContain('connection.replaced');
    expect(await replace(principal, a.id, b.id)).toEqual({ flowIds: [] });
  });

  it('deletes the source where that is asked for', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    flowOn(a.id, project.id);
    await replace(principal, a.id, b.id, { deleteSource: true });
    expect((await list(principal)).map(({ id }) => id)).toEqual([b.id]);
    expect(keeper.deleted).toContain(a.id);
  });

  it.each(['pending', 'disabled', 'missing'] as const)('by one that is %s is refused', async (state) => {
    const { principal } = await registry.tenant();
    const source = await connect(principal, { externalId: 'a' });
    const value = state === 'missing' ? ({ type: 'PLACEHOLDER' } as const) : key();
    const targetId = state === 'pending'
      ? (await authorize(principal, { connector: 'sandbox_graphql', externalId: 'b' })).connectionId
      : (await connect(principal, { externalId: 'b', value })).id;
    if (state === 'disabled') await registry.call(connections.disable, { principal, id: targetId });
    expect(await codeOf(replace(principal, source.id, targetId))).toBe('CONFLICT');
    expect(await openReplacements(source.id)).toEqual([]);
  });

  it('by itself, by one of another connector, by or of one that is not there is refused', async () => {
    const { principal } = await registry.tenant();
    const { principal: stranger } = await registry.tenant();
    const [a] = await two(principal);
    const crm = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm' });
    const foreign = await connect(stranger);
    expect(await codeOf(replace(principal, a.id, a.id))).toBe('CONFLICT');
    expect(await codeOf(replace(principal, a.id, crm.id))).toBe('CONFLICT');
    for (const id of [foreign.id, 'conn_0']) {
      expect(await codeOf(replace(principal, a.id, id))).toBe('ENTITY_NOT_FOUND');
      expect(await codeOf(replace(principal, id, a.id))).toBe('ENTITY_NOT_FOUND');
    }
  });

  it('a source of somebody else is kept', async () => {
    const { principal, principalWith } = await registry.tenant({ withUser: true });
    const [a, b] = await two(principal);
    const other = await principalWith(['connections:write', 'connections:read']);
    expect(await codeOf(replace(other, a.id, b.id, { deleteSource: true }))).toBe('AUTHORIZATION');
    await replace(other, a.id, b.id);
  });

  it("the platform's is never deleted by a project, nor while flows of other projects would be left", async () => {
    const home = await registry.tenant();
    const next = await registry.tenant({ platformId: home.platform.id });
    const admin = await registry.platformPrincipal(home.platform.id);
    const projectIds = [home.project.id, next.project.id];
    const source = await connect(admin, { scope: 'PLATFORM', externalId: 'a', projectIds });
    const target = await connect(admin, { scope: 'PLATFORM', externalId: 'b', projectIds });
    const [mine, theirs] = [flowOn(source.id, home.project.id), flowOn(source.id, next.project.id)];
    expect(await codeOf(replace(await home.principalWith(['admin']), source.id, target.id, { deleteSource: true }))).toBe('AUTHORIZATION');
    const inHome = await registry.platformPrincipal(home.platform.id, ['admin'], home.project.id);
    expect(await codeOf(replace(inHome, source.id, target.id, { deleteSource: true }))).toBe('CONFLICT');
    expect(await replace(inHome, source.id, target.id)).toEqual({ flowIds: [mine] });
    expect(await replace(admin, source.id, target.id, { deleteSource: true })).toEqual({ flowIds: [theirs] });
    expect(await codeOf(get(admin, source.id))).toBe('ENTITY_NOT_FOUND');
  });

  it('in the whole platform needs a target that every project may use', async () => {
    const home = await registry.tenant();
    const admin = await registry.platformPrincipal(home.platform.id);
    const source = await connect(admin, { scope: 'PLATFORM', externalId: 'a', projectIds: [home.project.id] });
    const target = await connect(admin, { scope: 'PLATFORM', externalId: 'b' });
    expect(await codeOf(replace(admin, source.id, target.id))).toBe('CONFLICT');
  });

  it('twice at once does it once, whichever comes first', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    const flowId = flowOn(a.id, project.id);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => codeOf(replace(principal, a.id, b.id, { deleteSource: true }))));
    expect(outcomes).toContain('no error');
    for (const outcome of outcomes) expect(['no error', 'ENTITY_NOT_FOUND']).toContain(outcome);
    expect(flowsOn(b.id)).toEqual([flowId]);
    expect((await list(principal)).map(({ id }) => id)).toEqual([b.id]);
    expect(await openReplacements(a.id)).toEqual([]);
  });

  it('in a circle leaves nobody waiting for the other', async () => {
    const { principal } = await registry.tenant();
    const [a, b] = await two(principal);
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => codeOf(index % 2 === 0 ? replace(principal, a.id, b.id) : replace(principal, b.id, a.id))));
    expect(new Set(outcomes)).toEqual(new Set(['no error']));
  });

  it('holds both until it is done: neither can be deleted meanwhile', async () => {
    const { principal } = await registry.tenant();
    const [a, b] = await two(principal);
    const outcomes: string[] = [];
    orchestrator.beforeReplace(async () => {
      for (const { id } of [a, b]) outcomes.push(await codeOf(remove(principal, id, true)));
      outcomes.push(await codeOf(registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' })));
    });
    await replace(principal, a.id, b.id);
    expect(outcomes).toEqual(['VALIDATION', 'VALIDATION', 'VALIDATION']);
    expect((await list(principal)).map(({ status }) => status)).toEqual(['active', 'active']);
  });

  it('that nobody could carry out is carried out later', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    const flowId = flowOn(a.id, project.id);
    await orchestrator.goAway();
    try {
      expect(await codeOf(replace(principal, a.id, b.id, { deleteSource: true }))).toBe('SERVICE_UNAVAILABLE');
    } finally {
      await orchestrator.comeBack();
    }
    expect(await openReplacements(a.id)).toHaveLength(1);
    expect(await codeOf(replace(principal, a.id, b.id))).toBe('CONFLICT');
    await registry.database.query('UPDATE registry.connection_replacement SET next_attempt_at = now() WHERE source_id = $1', [a.id]);
    await waitFor(async () => (await openReplacements(a.id)).length === 0, { what: 'the sweep to finish it', timeoutMs: 20_000 });
    expect(flowsOn(b.id)).toEqual([flowId]);
    expect(await codeOf(get(principal, a.id))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => keeper.deleted.includes(a.id), { what: 'the credential to go' });
  }, 40_000);

  it('that died after the flows were changed is finished later, with nothing more to change', async () => {
    const { principal, project } = await registry.tenant();
    const [a, b] = await two(principal);
    const flowId = flowOn(a.id, project.id);
    orchestrator.beforeReplace(async () => {
      orchestrator.beforeReplace(async () => undefined);
      // The answer is lost, the effect is not.
      orchestrator.flowsOf.set(b.id, orchestrator.flowsOf.get(a.id)!);
      orchestrator.flowsOf.delete(a.id);
      throw new AppError('SERVICE_UNAVAILABLE', 'gone');
    });
    expect(await codeOf(replace(principal, a.id, b.id, { deleteSource: true }))).toBe('SERVICE_UNAVAILABLE');
    expect(await replace(principal, a.id, b.id, { deleteSource: true })).toEqual({ flowIds: [] });
    expect(flowsOn(b.id)).toEqual([flowId]);
    expect(await codeOf(get(principal, a.id))).toBe('ENTITY_NOT_FOUND');
    expect(await openReplacements(a.id)).toEqual([]);
  });

  it.each(['CONFLICT', 'AUTHORIZATION'] as const)('that the orchestrator refuses (%s) is given up', async (code) => {
    const { principal } = await registry.tenant();
    const [a, b] = await two(principal);
    orchestrator.beforeReplace(async () => {
      throw new AppError(code, 'A flow reads a stream that is not there.');
    });
    expect(await codeOf(replace(principal, a.id, b.id, { deleteSource: true }))).toBe(code);
    expect(await auditOf(a.id)).toContain('connection.replaced failed');
    expect(await openReplacements(a.id)).toEqual([]);
    expect((await list(principal)).map(({ status }) => status)).toEqual(['active', 'active']);
  });
});
