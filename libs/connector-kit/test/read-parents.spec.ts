import type { HttpState } from '../src/read/stream-state.js';
import { acme, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Received, Reply } from './support/local-server.js';
import { afterJson, keysOf, readAll, readInterrupted } from './support/read-all.js';

interface Project {
  id: string;
  updated_at: string;
  created_at: string;
  tasks: { id: string; updated_at: string }[];
}

const at = (minute: number) => new Date(Date.UTC(2025, 0, 1) + minute * 60_000).toISOString();

describe('streams below streams', () => {
  let projects: Project[];
  let gone: Set<string>;
  let server: LocalServer;

  const answer = ({ path, query }: Received): Reply => {
    const size = Number(query.get('size'));
    const page = Number(query.get('page') ?? 1);
    const since = query.get('since') ?? '';
    const reply = (all: { updated_at?: string }[]) => {
      const rows = all.filter(({ updated_at: moment = '9' }) => moment >= since);
      return { body: { items: rows.slice((page - 1) * size, page * size), total: rows.length } };
    };
    if (path === '/api/projects') return reply(projects);
    const [, name, , task] = /^\/api\/projects\/([^/]+)(\/tasks(?:\/([^/]+)\/notes)?)$/.exec(path) ?? [];
    const project = projects.find(({ id }) => encodeURIComponent(id) === name);
    if (project === undefined || gone.has(project.id)) return { status: 404, body: {} };
    return reply(task === undefined ? project.tasks : [{ id: `${task}-note` } as never]);
  };

  const paged = { request: {}, pagination: { type: 'page', page_size: 2, total: 'total' } };
  const request = (path: string, query: Record<string, string> = {}) => ({ path, query: { size: '{{page.size}}', page: '{{page.number}}', ...query } });
  const dated = { cursor_field: 'updated_at', format: 'iso8601' };
  const connector = acme({}, {
    projects: stream({ ...paged, request: request('/projects', { since: '{{cursor.since}}' }), incremental: dated }),
    tasks: stream({ ...paged, request: request('/projects/{{parent.project}}/tasks'), parent: { stream: 'projects', key_path: 'id', as: 'project' }, add_fields: { project: '{{parent.project}}' }, primary_key: ['project', 'id'], error_handler: [{ status: [404], action: 'ignore' }] }),
    notes: stream({ ...paged, request: request('/projects/{{parent.project}}/tasks/{{parent.task}}/notes'), parent: { stream: 'tasks', key_path: 'id', as: 'task', fields: { project: 'project' } } }),
    changed: stream({ ...paged, request: request('/projects/{{parent.project}}/tasks'), parent: { stream: 'projects', key_path: 'id', as: 'project', incremental: true } }),
    dated: stream({ ...paged, request: request('/projects/{{parent.project}}/tasks', { since: '{{cursor.since}}' }), incremental: dated, parent: { stream: 'projects', key_path: 'id', as: 'project', created: { path: 'created_at', format: 'iso8601' } } }),
  });

  beforeAll(async () => (server = await startServer((one) => answer(one))));
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    gone = new Set();
    projects = Array.from({ length: 5 }, (_, index) => ({
      id: `p${index}`,
      updated_at: at(index),
      created_at: at(index),
      tasks: Array.from({ length: index === 2 ? 0 : index + 1 }, (_task, number) => ({ id: `t${index}${number}`, updated_at: at(index * 10 + number) })),
    }));
  });
  const tasks = () => projects.flatMap((project) => project.tasks.map(({ id }) => JSON.stringify([project.id, id])));

  it('are read for every parent, in all pages, with the parent\'s values in records', async () => {
    const pages = await readAll(server, { connector, stream: 'tasks' });
    expect(keysOf(pages)).toEqual(tasks());
    expect(pages.map(({ done }) => done)).toEqual(pages.map((_, index) => index === pages.length - 1));
    expect(pages.at(-1)).toMatchObject({ full: true, complete: true });
    expect(pages[0]!.records[0]!.data).toEqual({ id: 't00', updated_at: at(0), project: 'p0' });
  });

  it('are resumed at any page by another process, and the state stays small', async () => {
    projects = Array.from({ length: 40 }, (_, index) => ({ id: `p${index}`, updated_at: at(index), created_at: at(index), tasks: [{ id: `t${index}`, updated_at: at(0) }] }));
    const pages = await readInterrupted(server, { connector, stream: 'tasks' });
    expect(keysOf(pages)).toEqual(tasks());
    expect(Math.max(...pages.map(({ state }) => JSON.stringify(state).length))).toBeLessThan(2_000);
  });

  it('may be below streams that are below others, with and without interruption and prefetch', async () => {
    const notes = projects.flatMap((project) => project.tasks.map(({ id }) => `${id}-note`));
    expect(keysOf(await readAll(server, { connector, stream: 'notes' }))).toEqual(notes);
    expect(keysOf(await readAll(server, { connector, stream: 'notes', prefetch: true }))).toEqual(notes);
    expect(keysOf(await readInterrupted(server, { connector, stream: 'notes' }))).toEqual(notes);
  });

  it('end cleanly where there are no parents', async () => {
    projects = [];
    expect(await readAll(server, { connector, stream: 'tasks' })).toMatchObject([{ records: [], done: true, complete: true }]);
  });

  it('go on with the next parent where one is gone, but then nothing is concluded about deletions', async () => {
    gone.add('p3');
    const pages = await readAll(server, { connector, stream: 'tasks' });
    expect(keysOf(pages)).toEqual(tasks().filter((name) => !name.includes('p3')));
    expect(pages.at(-1)).toMatchObject({ done: true, full: true, complete: false });
  });

  it('leave no child out where the parents\' page changed while the reading was interrupted', async () => {
    const reader = await readInterruptedOnce();
    projects = projects.filter(({ id }) => id !== 'p0');
    const rest = await readAll(server, { connector, stream: 'tasks', state: reader });
    expect(keysOf(rest)).toEqual(expect.arrayContaining(tasks()));
  });
  const readInterruptedOnce = async () => {
    const pages = await readAll(server, { connector, stream: 'tasks' });
    return afterJson(pages[0]!.state);
  };

  it('are asked for with the parent\'s value encoded: it cannot leave its segment', async () => {
    projects = [{ id: 'a/../b?x=1', updated_at: at(0), created_at: at(0), tasks: [{ id: 't', updated_at: at(0) }] }];
    expect(keysOf(await readAll(server, { connector, stream: 'tasks' }))).toHaveLength(1);
    expect(server.received.at(-1)?.path).toBe('/api/projects/a%2F..%2Fb%3Fx%3D1/tasks');
  });

  it('are read only for parents that changed, where the definition says so', async () => {
    const first = await readAll(server, { connector, stream: 'changed' });
    expect(first.at(-1)).toMatchObject({ full: false, complete: false });
    projects[1]!.updated_at = at(500);
    server.received.length = 0;
    const second = await readAll(server, { connector, stream: 'changed', state: afterJson(first.at(-1)!.state) });
    // The last changed parent of the first pass is a tie of the boundary, so it comes again.
    expect(new Set(server.received.map(({ path }) => path).filter((path) => path.endsWith('tasks')))).toEqual(new Set(['/api/projects/p1/tasks', '/api/projects/p4/tasks']));
    expect((second.at(-1)!.state as HttpState).parent?.current).toBeNull();
  });

  it('are read from their beginning for new parents, and from the last pass on for known ones', async () => {
    const first = await readAll(server, { connector, stream: 'dated' });
    const newest = at(44);
    projects.push({ id: 'new', updated_at: at(600), created_at: at(600), tasks: [{ id: 'old-task', updated_at: at(0) }] });
    projects[0]!.tasks.push({ id: 'late', updated_at: at(700) });
    server.received.length = 0;
    const second = await readInterrupted(server, { connector, stream: 'dated', state: afterJson(first.at(-1)!.state) });
    expect(new Set(keysOf(second))).toEqual(new Set(['t44', 'late', 'old-task']));
    const sinces = server.received.filter(({ path }) => path.endsWith('/tasks')).map(({ path, query }) => [path.split('/')[3], query.get('since')]);
    expect(sinces).toEqual(expect.arrayContaining([['p0', newest], ['new', null]]));
  });
});
