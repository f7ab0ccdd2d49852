import { request } from 'node:http';
import { runs, type Principal, type Run } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { World } from './world.js';

const stream = { stream: 'contacts', status: 'running', mode: 'incremental', records: 0, deleted: 0, pages: 0, quarantined: 0, error: null } as const;
const run: Run = {
  id: 'run_1', flowId: 'flow_1', connectionId: 'conn_1', connector: 'hubspot', status: 'running', trigger: 'manual', startedAt: '2026-01-01T00:00:00.000Z', finishedAt: null, records: 0, streams: [stream],
};
const at = (records: number, more: Partial<Run> = {}): Run => ({ ...run, records, streams: [{ ...stream, records }], ...more });
const over = { status: 'succeeded', finishedAt: '2026-01-01T00:01:00.000Z' } as const;

/** Server-sent events as they come, over a socket of their own. */
class Watcher {
  text = '';
  status = 0;
  ended = false;
  headers: NodeJS.Dict<string | string[]> = {};
  readonly #request: ReturnType<typeof request>;

  constructor(url: string, headers: Record<string, string>) {
    this.#request = request(url, { headers, agent: false }, (response) => {
      this.status = response.statusCode!;
      this.headers = response.headers;
      response.setEncoding('utf8').on('data', (part: string) => (this.text += part)).on('end', () => (this.ended = true));
    });
    this.#request.on('error', () => undefined);
    this.#request.end();
  }

  get events(): { event: string; id: string; data: unknown }[] {
    return this.text.split('\n\n').flatMap((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      return fields.event === undefined ? [] : [{ event: fields.event, id: fields.id!, data: JSON.parse(fields.data!) as unknown }];
    });
  }

  close(): void {
    this.#request.destroy();
  }
}

describe('runs over HTTP', () => {
  let world: World;
  const standing = new Map<string, Run>();
  const asked: { id: string; key: string; at: number }[] = [];
  const open: Watcher[] = [];
  const askedOf = (id: string) => asked.filter((one) => one.id === id);

  beforeAll(async () => {
    const people: Record<string, Partial<Principal>> = { other: { projectId: 'proj_2' }, colleague: {}, writer: { scopes: ['flows:write'] } };
    world = await World.start({ TRUNKLINE_PROGRESS_STREAMS: '3' }, ({ key }) => ({
      kind: 'api_key', id: `key_${key.reveal()}`, reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: ['flows:read', 'syncs:run'], ...people[key.reveal()],
    }));
    await world.answer(runs.get)(({ principal, id }) => {
      asked.push({ id, key: principal.id, at: performance.now() });
      const found = standing.get(id);
      if (found === undefined || principal.projectId !== 'proj_1') throw AppError.notFound('run', id);
      return found;
    });
  });
  afterEach(() => {
    for (const watcher of open.splice(0)) watcher.close();
  });
  afterAll(() => world?.stop());

  const watch = (id: string, headers: Record<string, string> = {}): Watcher => {
    const watcher = new Watcher(`${world.url}/api/v1/runs/${id}/events`, { 'x-api-key': 'good', ...headers });
    open.push(watcher);
    return watcher;
  };
  const seen = (watcher: Watcher, count: number) => waitFor(() => Promise.resolve(watcher.events.length >= count), { what: `${count} events` });
  const answered = (watcher: Watcher) => waitFor(() => Promise.resolve(watcher.status !== 0), { what: 'an answer' });
  const ended = (watcher: Watcher) => waitFor(() => Promise.resolve(watcher.ended), { what: 'the end of the stream' });

  it('are started, listed, shown, cancelled and tried again', async () => {
    const calls: unknown[] = [];
    const note = (name: string, { principal: _, ...rest }: { principal: unknown }) => calls.push([name, rest]);
    await Promise.all([
      world.answer(runs.start)((asks) => (note('start', asks), run)),
      world.answer(runs.list)((asks) => (note('list', asks), { data: [run], next: null, previous: null })),
      world.answer(runs.cancel)((asks) => (note('cancel', asks), { ...run, status: 'cancelled' as const })),
      world.answer(runs.retry)(() => {
        throw new AppError('CONFLICT', 'There is nothing to retry.');
      }),
      world.answer(runs.quarantined)((asks) => (note('quarantined', asks), { data: [{ stream: 'contacts', reason: 'it has no key', page: 0, position: 7, created: run.startedAt }], next: null, previous: null })),
    ]);
    standing.set('run_1', run);
    expect(await (await world.post('/api/v1/flows/flow_1/run', { full: true, projectId: 'proj_1' })).json()).toEqual(run);
    expect((await world.post('/api/v1/flows/flow_1/run')).status).toBe(200);
    expect(await (await world.call('/api/v1/runs?flowId=flow_1&status=failed&limit=5')).json()).toMatchObject({ data: [{ id: 'run_1' }] });
    expect(await (await world.call('/api/v1/runs/run_1')).json()).toEqual(run);
    expect(await (await world.post('/api/v1/runs/run_1/cancel')).json()).toMatchObject({ status: 'cancelled' });
    expect((await world.post('/api/v1/runs/run_1/retry')).status).toBe(409);
    expect(await (await world.call('/api/v1/runs/run_1/quarantined')).json()).toMatchObject({ data: [{ reason: 'it has no key', position: 7 }] });
    expect(calls).toEqual([
      ['start', { flowId: 'flow_1', full: true }],
      ['start', { flowId: 'flow_1', full: false }],
      ['list', { flowId: 'flow_1', status: 'failed', limit: 5 }],
      ['cancel', { id: 'run_1' }],
      ['quarantined', { id: 'run_1', limit: 10 }],
    ]);
    expect((await world.call('/api/v1/runs?status=odd')).status).toBe(400);
    expect((await world.post('/api/v1/flows/flow_1/run', {}, { key: 'writer' })).status).toBe(403);
    expect((await world.call('/api/v1/runs', { key: 'writer' })).status).toBe(403);
  });

  it('are watched: how it stands, each change, and the end', async () => {
    standing.set('run_2', at(0, { id: 'run_2' }));
    const watcher = watch('run_2');
    await seen(watcher, 1);
    expect([watcher.status, watcher.headers['content-type'], watcher.headers['cache-control']]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store, no-transform']);
    standing.set('run_2', at(40, { id: 'run_2' }));
    await seen(watcher, 2);
    // What did not change is not told again.
    const before = askedOf('run_2').length;
    await waitFor(() => Promise.resolve(askedOf('run_2').length >= before + 2), { what: 'two more questions' });
    expect(watcher.events).toHaveLength(2);
    standing.set('run_2', at(90, { id: 'run_2', ...over }));
    await ended(watcher);
    expect(watcher.events.map(({ event, data }) => [event, (data as Partial<Run>).records ?? data])).toEqual([['progress', 0], ['progress', 40], ['progress', 90], ['end', { status: 'succeeded' }]]);
    expect(watcher.events[3]!.id).toBe(watcher.events[2]!.id);
    const asks = askedOf('run_2').length;
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(askedOf('run_2')).toHaveLength(asks);
  });

  it('go on where a client left them, and are over for one who has seen the end', async () => {
    standing.set('run_3', at(5, { id: 'run_3' }));
    const first = watch('run_3');
    await seen(first, 1);
    const { id } = first.events[0]!;
    first.close();
    const second = watch('run_3', { 'last-event-id': id });
    await answered(second);
    standing.set('run_3', at(9, { id: 'run_3', ...over }));
    await ended(second);
    expect(second.events.map(({ event }) => event)).toEqual(['progress', 'end']);
    const third = watch('run_3', { 'last-event-id': second.events[1]!.id });
    await answered(third);
    expect([third.status, third.text]).toEqual([204, '']);
    const fourth = watch('run_3');
    await ended(fourth);
    expect(fourth.events.map(({ event }) => event)).toEqual(['progress', 'end']);
  });

  it('are asked about once a second, however many watch', async () => {
    standing.set('run_4', at(1, { id: 'run_4' }));
    await seen(watch('run_4'), 1);
    const others = [watch('run_4', { 'x-api-key': 'colleague' }), watch('run_4', { 'x-api-key': 'colleague' }), watch('run_4')];
    await Promise.all(others.map((other) => seen(other, 1)));
    await waitFor(() => Promise.resolve(askedOf('run_4').length >= 4), { what: 'four questions' });
    const moments = askedOf('run_4').map((one) => one.at);
    for (let index = 1; index < moments.length; index += 1) expect(moments[index]! - moments[index - 1]!).toBeGreaterThan(900);
    for (const watcher of open) watcher.close();
    await waitFor(async () => {
      const asks = askedOf('run_4').length;
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      return askedOf('run_4').length === asks;
    }, { what: 'nobody to be asked any more' });
  });

  it('are not shown to others, and not without end to one', async () => {
    standing.set('run_5', at(1, { id: 'run_5' }));
    await seen(watch('run_5'), 1);
    const foreigner = watch('run_5', { 'x-api-key': 'other' });
    await answered(foreigner);
    expect([foreigner.status, foreigner.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
    await Promise.all([seen(watch('run_5'), 1), seen(watch('run_5'), 1)]);
    const tooMany = watch('run_5');
    await answered(tooMany);
    expect([tooMany.status, tooMany.headers['retry-after']]).toEqual([429, '5']);
    open[0]!.close();
    await waitFor(async () => {
      const again = watch('run_5');
      await answered(again);
      return again.status === 200;
    }, { what: 'room for another stream' });
  });

  it('end their streams when the gateway stops', async () => {
    const other = await World.start();
    await other.answer(runs.get)(({ id }) => at(1, { id }));
    const watcher = new Watcher(`${other.url}/api/v1/runs/run_6/events`, { 'x-api-key': 'planner' });
    await seen(watcher, 1);
    await other.stop();
    await ended(watcher);
    expect(watcher.events.map(({ event }) => event)).toEqual(['progress']);
  });
});
