import { newId } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { crmStreams, send, startCrm, type CrmServer } from './crm-server.js';
import { digest, World } from './world.js';

describe('a sync', () => {
  let world: World;
  let crm: CrmServer;
  const sizes = { contacts: 250, companies: 130, deals: 101, activities: 0 };

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    await world?.end();
  });
  beforeEach(async () => {
    crm = await startCrm(sizes);
    world.connections.clear();
    world.onLease = () => undefined;
    world.leases = [];
  });
  afterEach(async () => {
    await world.stopServices();
    await crm.close();
  });

  it('reads every stream of every active connection, once, and tells how far it is', async () => {
    await world.start(crm);
    const [one, other] = [world.connect(), world.connect()];
    world.connections.set('degraded', { ...world.connect(), id: 'degraded', status: 'degraded' });
    world.connections.get([...world.connections.keys()].at(-2)!)!.status = 'pending';
    const started = await world.run();
    expect(started).toEqual({ status: 'started', syncId: expect.stringMatching(/^sync_/) as string, connectors: ['sandbox_crm'] });
    const sync = await world.ended(started.syncId);
    expect(sync).toMatchObject({ status: 'succeeded', connectors: ['sandbox_crm'], records: 962 });
    expect(sync.runs.map(({ connectionId }) => connectionId).sort()).toEqual([one.id, other.id].sort());
    for (const run of sync.runs) {
      expect(run).toMatchObject({ status: 'succeeded', trigger: 'manual', records: 481 });
      expect(run.streams.map(({ stream, records, deleted, status, error }) => ({ stream, records, deleted, status, error }))).toEqual(
        crmStreams.map((stream) => ({ stream, records: sizes[stream], deleted: 0, status: 'succeeded', error: null })),
      );
    }
    for (const { id } of [one, other]) {
      const held = await world.applied(id);
      const expected = crmStreams.flatMap((stream) => crm.rows(stream).map((row) => `${stream}/${row.id}`));
      expect([...held.keys()].sort()).toEqual(expected.sort());
      expect(held.get('contacts/con_00000001')).toMatchObject({ op: 'upsert', data: crm.rows('contacts')[0] });
      const told = await waitFor(async () => ((await world.finishedEvents(id)).length > 0 ? world.finishedEvents(id) : undefined), { what: 'the end to be told' });
      expect(told).toEqual([expect.objectContaining({ status: 'succeeded', records: 481, connectionId: id, connector: 'sandbox_crm' })]);
    }
  });

  it('brings only what changed the second time, deletions included', async () => {
    await world.start(crm);
    const { id } = world.connect();
    await world.syncToTheEnd();
    const requests = crm.requests('contacts');
    crm.put('contacts', { id: 'con_00000007', name: 'changed' });
    crm.put('contacts', { id: 'con_00000250', deleted: true });
    crm.put('deals', { id: 'dea_new', name: 'new' });
    const second = await world.syncToTheEnd();
    // Ties at the cursor are read again, nothing else is.
    const contacts = second.runs[0]!.streams.find(({ stream }) => stream === 'contacts')!;
    expect(contacts).toMatchObject({ status: 'succeeded', deleted: 1 });
    expect(contacts.records).toBeLessThanOrEqual(3);
    expect(crm.requests('contacts') - requests).toBe(1);
    const held = await world.applied(id);
    expect(held.get('contacts/con_00000007')).toMatchObject({ op: 'upsert', data: { name: 'changed' } });
    expect(held.get('contacts/con_00000250')).toMatchObject({ op: 'delete', data: null });
    expect(held.get('deals/dea_new')).toMatchObject({ data: { name: 'new' } });
  });

  it('goes on in slices, and any of several replicas may take the next one', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_SLICE_SECONDS: '0', TRUNKLINE_SYNC_WORKERS: '2' });
    await world.start(crm, { TRUNKLINE_SYNC_SLICE_SECONDS: '0', TRUNKLINE_SYNC_WORKERS: '2' });
    const { id } = world.connect();
    const sync = await world.syncToTheEnd();
    expect(sync).toMatchObject({ status: 'succeeded', records: 481 });
    // Three pages of contacts, each in a slice of its own, each under a generation of its own. A slice that ends may have asked for
    // the next page already, and lets go of it.
    expect(await world.checkpoint(id, 'contacts')).toMatchObject([{ generation: '3', version: '3', state: { done: true } }]);
    expect(crm.requests('contacts')).toBeLessThanOrEqual(5);
    const batches = (await world.batches(id)).filter(({ stream }) => stream === 'contacts');
    expect(batches.map(({ generation, sequence }) => [generation, sequence])).toEqual([[1, 1], [2, 1], [3, 1]]);
  });

  it('does not wait at the end of a slice for a page that was asked for ahead', async () => {
    // With one page in the pipeline a slice ends when its page is checkpointed; the next page has been asked for by then.
    await world.start(crm, { TRUNKLINE_SYNC_SLICE_SECONDS: '0', TRUNKLINE_SYNC_PIPELINE_PAGES: '1' });
    world.connect();
    const asked = new Set<string>();
    let abandoned = 0;
    crm.intercept(({ stream, url }, response) => {
      if (stream !== 'contacts' || asked.has(url.href) || !url.searchParams.has('cursor')) return;
      asked.add(url.href);
      return new Promise((resolve) => {
        const late = setTimeout(resolve, 4_000);
        response.once('close', () => {
          clearTimeout(late);
          abandoned += 1;
          resolve('answered');
        });
      });
    });
    expect(await world.syncToTheEnd(40_000)).toMatchObject({ status: 'succeeded', records: 481 });
    expect(asked.size).toBe(2);
    expect(abandoned).toBe(2);
  }, 60_000);

  it('starts one run per connection, however many ask at once', async () => {
    await world.start(crm);
    await world.start(crm);
    const { id } = world.connect();
    crm.intercept(() => new Promise((resolve) => setTimeout(resolve, 30)));
    const started = await Promise.all(Array.from({ length: 8 }, () => world.run()));
    expect(new Set(started.map(({ syncId }) => syncId)).size).toBe(8);
    const syncs = await Promise.all(started.map(({ syncId }) => world.ended(syncId)));
    expect(new Set(syncs.flatMap(({ runs }) => runs.map((run) => run.id))).size).toBe(1);
    expect(await world.database.query('SELECT 1 FROM sync.run WHERE connection_id = $1', [id])).toHaveLength(1);
    expect(syncs.every(({ status, records }) => status === 'succeeded' && records === 481)).toBe(true);
  });

  it('of nothing has succeeded at once', async () => {
    await world.start(crm);
    const { syncId, connectors } = await world.run();
    expect(connectors).toEqual([]);
    expect(await world.sync(syncId)).toMatchObject({ status: 'succeeded', runs: [], records: 0, finishedAt: expect.any(String) as string });
  });

  it('belongs to its project: a foreign one and an unknown one answer alike, and the scope is needed', async () => {
    await world.start(crm);
    world.connect();
    const { syncId } = await world.run();
    const foreign = world.principal({ projectId: newId('project') });
    const missing = newId('sync');
    const notFound = (entityId: string) => ({ code: 'ENTITY_NOT_FOUND', params: { message: 'Sync not found', entityType: 'sync', entityId } });
    await expect(world.sync(syncId, foreign)).rejects.toMatchObject(notFound(syncId));
    await expect(world.sync(missing)).rejects.toMatchObject(notFound(missing));
    await expect(world.run(world.principal({ scopes: ['connections:read'] }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(world.run(world.principal({ projectId: null, scopes: ['admin'] }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(world.sync(syncId, world.principal({ scopes: ['tokens:resolve'] }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(world.sync(syncId, world.principal({ scopes: ['flows:read'] }))).resolves.toMatchObject({ syncId });
    await world.ended(syncId);
  });

  it('is remembered as the last one of its connections', async () => {
    await world.start(crm);
    const { id } = world.connect();
    expect(await world.last([id])).toEqual({ lastSync: {} });
    const { finishedAt } = await world.syncToTheEnd();
    const { lastSync } = await world.last([id, newId('connection')]);
    expect(Object.keys(lastSync)).toEqual([id]);
    expect(Math.abs(Date.parse(lastSync[id]!) - Date.parse(finishedAt!))).toBeLessThan(2_000);
    expect(await world.last([id], world.principal({ projectId: newId('project') }))).toEqual({ lastSync: {} });
  });

  it('waits as long as a provider asks, and goes on where it was', async () => {
    await world.start(crm);
    world.connect();
    let refusedAt = 0;
    let cameBackAt = 0;
    crm.intercept(({ stream, url }, response) => {
      if (stream !== 'contacts' || url.searchParams.get('cursor') === null) return;
      if (refusedAt === 0) {
        refusedAt = performance.now();
        send(response, 429, { error: 'slow down' }, { 'retry-after': '6' });
        return 'answered';
      }
      cameBackAt ||= performance.now();
      return;
    });
    const { syncId } = await world.run();
    const waiting = await waitFor(
      async () => (await world.sync(syncId)).runs[0]?.streams.find(({ error }) => error !== null),
      { what: 'the wait to be told' },
    );
    expect(waiting).toMatchObject({ stream: 'contacts', status: 'running', records: 100, error: { code: 'rate_limited' } });
    const sync = await world.ended(syncId);
    expect(sync).toMatchObject({ status: 'succeeded', records: 481 });
    expect(sync.runs[0]!.streams.every(({ error }) => error === null)).toBe(true);
    expect(cameBackAt - refusedAt).toBeGreaterThanOrEqual(5_900);
    // The first page was not read again.
    expect(crm.requests('contacts')).toBe(4);
  });

  it('gives a stream up after so many failures without progress, says why, and lets the others through', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_MAX_ATTEMPTS: '2' });
    const { id } = world.connect();
    crm.intercept(({ stream, number }, response) => {
      if (stream !== 'contacts' || number === 1) return;
      send(response, 503, { error: 'no' });
      return 'answered';
    });
    const sync = await world.syncToTheEnd(30_000);
    expect(sync.status).toBe('partial');
    const contacts = sync.runs[0]!.streams.find(({ stream }) => stream === 'contacts')!;
    expect(contacts).toMatchObject({ status: 'failed', records: 100, error: { code: 'provider_unavailable', message: expect.stringMatching(/503.*2 failures/) as string } });
    expect((await world.last([id])).lastSync).toEqual({});
    crm.intercept(null);
    const next = await world.syncToTheEnd();
    // What was read is not lost: the next run goes on behind it.
    expect(next.runs[0]!.streams.find(({ stream }) => stream === 'contacts')).toMatchObject({ status: 'succeeded', records: 150 });
    expect((await world.applied(id)).size).toBe(481);
  }, 60_000);

  it('exchanges a refused credential once and goes on behind the last page', async () => {
    await world.start(crm);
    const { id } = world.connect();
    const [old, renewed] = [world.tokens.get(id)!, 'renewed'];
    let refuse = false;
    crm.intercept(({ stream, url, authorization }, response) => {
      refuse ||= stream === 'contacts' && url.searchParams.get('cursor') !== null;
      if (!refuse || authorization === `Bearer ${renewed}`) return;
      send(response, 401, { error: 'invalid_token' });
      return 'answered';
    });
    world.onLease = ({ rejectedTokenDigest }) => {
      if (rejectedTokenDigest === digest(old)) world.tokens.set(id, renewed);
    };
    const sync = await world.syncToTheEnd();
    expect(sync).toMatchObject({ status: 'succeeded', records: 481 });
    expect(world.leases.some(({ rejectedTokenDigest }) => rejectedTokenDigest === digest(old))).toBe(true);
    const pages = (await world.batches(id)).filter(({ stream }) => stream === 'contacts').map(({ records }) => records.length);
    expect(pages).toEqual([100, 100, 50]);
  });

  it.each([
    ['the credential is refused and there is no other', 401, 'credential_rejected'],
    ['the credential may not do this', 403, 'insufficient_scope'],
    ['the request cannot succeed', 400, 'request_rejected'],
  ])('fails at once when %s', async (_, status, code) => {
    await world.start(crm);
    world.connect();
    crm.intercept((_request, response) => {
      send(response, status, { error: 'a secret the provider quotes' });
      return 'answered';
    });
    const sync = await world.syncToTheEnd();
    expect(sync.status).toBe('failed');
    for (const stream of sync.runs[0]!.streams) expect(stream).toMatchObject({ status: 'failed', error: { code } });
    expect(JSON.stringify(sync)).not.toContain('a secret the provider quotes');
    for (const stream of crmStreams) expect(crm.requests(stream)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['needs a person', 'CREDENTIAL_NEEDS_RECONNECT', 'failed', 'reauth_required'],
    ['is disabled', 'CONNECTION_DISABLED', 'failed', 'connection_disabled'],
  ] as const)('fails without a call to the provider when the connection %s', async (_, appCode, status, code) => {
    await world.start(crm);
    world.connect();
    world.onLease = () => {
      throw new AppError(appCode, 'words for a person');
    };
    const sync = await world.syncToTheEnd();
    expect(sync.status).toBe(status);
    for (const stream of sync.runs[0]!.streams) expect(stream.error).toEqual({ code, message: 'words for a person' });
    expect(crm.requests('contacts')).toBe(0);
  });

  it('bears it that the keeper of credentials is away for a while', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_MAX_ATTEMPTS: '1' });
    world.connect();
    let away = 6;
    world.onLease = () => {
      away -= 1;
      if (away >= 0) throw new AppError('SERVICE_UNAVAILABLE', 'away');
    };
    expect(await world.syncToTheEnd()).toMatchObject({ status: 'succeeded', records: 481 });
  });

  it('puts a broken record aside and takes the other 99', async () => {
    await world.start(crm);
    const { id } = world.connect();
    crm.rows('contacts').splice(10, 1, { name: 'no id', updated_at: '2025-01-01T00:00:11.000Z' } as never);
    crm.rows('contacts')[20]!['note'] = 'x'.repeat(600_000);
    const sync = await world.syncToTheEnd();
    expect(sync).toMatchObject({ status: 'succeeded', records: 479 });
    const aside = await world.database.query<{ stream: string; page: string; position: number; reason: string }>(
      'SELECT q.stream, q.page, q.position, q.reason FROM sync.quarantine q JOIN sync.run r ON r.id = q.run_id WHERE r.connection_id = $1 ORDER BY q.position',
      [id],
    );
    expect(aside).toHaveLength(2);
    expect(aside[0]).toMatchObject({ stream: 'contacts', page: '1', position: 10 });
    expect(aside[1]!.reason).toContain('larger than a batch');
    expect(await world.database.query('SELECT quarantined FROM sync.task t JOIN sync.run r ON r.id = t.run_id WHERE r.connection_id = $1 AND stream = $2', [id, 'contacts'])).toEqual([{ quarantined: '2' }]);
  });
});
