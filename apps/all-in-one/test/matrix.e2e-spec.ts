import { waitFor } from '@trunkline/testing';
import { expected, places, type Caller, type Noun, type Place, type Route } from './authorization-matrix.js';
import { routes } from './authorization-routes.js';
import { createWorld, type World } from './authorization-world.js';
import { ResultsTable } from './results-table.js';
import { startStack, type Stack } from './stack.js';

interface Cell {
  readonly route: Route;
  readonly caller: Caller;
  readonly place: Place;
}

const nameOf = ({ route, caller, place }: Cell) => `${route.method} ${route.path} · ${caller.name} · ${place}`;
const refusals = new Set([401, 403, 404]);

/** Each route × who calls × whose thing is named, every cell with what must come of it. */
type Kept = Exclude<Noun, 'connector' | 'platform' | 'project' | 'member' | 'sync'>;
/** Where each kind of thing that must be left as it was is looked at. */
const paths: Readonly<Record<Kept, string>> = {
  user: 'users', apiKey: 'api-keys', oauthApp: 'oauth-apps', signingKey: 'signing-keys', connection: 'app-connections', keyConnection: 'app-connections', globalConnection: 'app-connections',
  connectLink: 'connect-links', webhook: 'webhooks', flow: 'flows', run: 'runs', connectorDefinition: 'connectors/definitions',
};
const isKept = (noun: Noun): noun is Kept => noun in paths;

describe('who may do what', () => {
  let stack: Stack;
  let world: World;
  const shared = new Map<string, Promise<string>>();
  const counts = { 401: 0, 403: 0, 404: 0, yes: 0 };

  beforeAll(async () => {
    stack = await startStack({ records: 50, environment: { TRUNKLINE_REQUESTS_PER_SECOND: '0', TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '0', LOG_LEVEL: 'warn' } });
    world = await createWorld(stack);
  }, 120_000);
  afterAll(async () => {
    const table = new ResultsTable('expected', 'cells');
    for (const [outcome, count] of Object.entries(counts)) table.add(outcome, String(count));
    table.print();
    await stack?.close();
  }, 60_000);

  /** What others own is made once and must survive everything that is tried on it. */
  const sharedTarget = (noun: Noun, place: Exclude<Place, 'nobody'>): Promise<string> => {
    const name = `${noun} of ${place}`;
    const made = shared.get(name) ?? world.make[noun](world.projectOf(place));
    shared.set(name, made);
    return made;
  };
  const request = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown) =>
    fetch(`${stack.url}${path}`, { method, redirect: 'manual', headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) });

  async function targetOf({ route, caller, place }: Cell): Promise<string> {
    if (route.target === undefined) return 'none';
    if (place === 'nobody') return route.target === 'connector' ? 'no_such_connector' : `${route.target.toLowerCase()}_00000000000000000000000000000000`;
    // Only where something may really happen to it is a fresh one needed.
    if (route.method === 'GET' || expected(caller, route, place) !== 'yes') return sharedTarget(route.target, place);
    if (place !== 'own') return world.make[route.target](world.projectOf(place));
    const asCaller = async (path: string, body: unknown): Promise<string | null> => {
      const answer = await request('POST', path, caller.headers, body);
      return answer.status === 201 ? ((await answer.json()) as { id: string }).id : null;
    };
    return world.make[route.target](world.own, asCaller);
  }

  async function outcomeOf(cell: Cell): Promise<{ status: number; body: string }> {
    const { route, caller } = cell;
    const target = await targetOf(cell);
    if (route.ownConnection === true && expected(caller, route, 'own') === 'yes') {
      const made = await request('POST', '/api/connectors/connect', caller.headers, { provider: 'sandbox_crm', api_key: 'sandbox-api-key' });
      if (made.status !== 200) throw new Error(`${caller.name} cannot connect: ${made.status} ${await made.text()}`);
    }
    const path = route.path.replace(/\{(\w+)\}/, (_, name: string) => (name === 'type' || name === 'provider' ? 'sandbox_crm' : target));
    const other = route.path.endsWith('/replace') ? await sharedTarget('connection', 'own') : '';
    const unique = world.unique();
    const body = route.body?.({ target, other, project: world.own.id, user: world.own.userId, unique });
    const answer = await request(route.method, `${path}${route.query ?? ''}`, caller.headers, body);
    return { status: answer.status, body: await answer.text() };
  }

  /** A few at a time; one by one where callers that are nobody in particular share one connection. */
  async function eachOf(cells: readonly Cell[], work: (cell: Cell) => Promise<void>): Promise<void> {
    for (const cell of cells.filter(({ route }) => route.ownConnection === true)) await work(cell);
    const waiting = cells.filter(({ route }) => route.ownConnection !== true);
    await Promise.all(Array.from({ length: 6 }, async () => {
      for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) await work(cell);
    }));
  }

  it('is decided for every route of the API: none is missing here, none is left over', async () => {
    const document = (await (await fetch(`${stack.url}/api/docs/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
    const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).filter((method) => ['get', 'post', 'delete', 'put', 'patch'].includes(method)).map((method) => `${method.toUpperCase()} ${path}`));
    const shape = (route: string) => route.replaceAll(/\{\w+\}/g, '{}');
    expect(routes.map(({ method, path }) => shape(`${method} ${path}`)).sort()).toEqual(documented.map(shape).sort());
  });

  /** Logging out ends the caller: it is tried when everything else has been. */
  const isLast = ({ method, path }: Route) => method === 'DELETE' && path === '/api/v1/sessions';
  const cellsOf = (some: readonly Route[]) => some.flatMap((route) => world.callers.flatMap((caller) => (route.target === undefined ? (['own'] as const) : places).map((place) => ({ route, caller, place }))));

  async function wrongAmong(cells: readonly Cell[]): Promise<string[]> {
    const wrong: string[] = [];
    await eachOf(cells, async (cell) => {
      const { status, body } = await outcomeOf(cell);
      const wanted = expected(cell.caller, cell.route, cell.place);
      counts[wanted] += 1;
      const asWanted = wanted === 'yes' ? !refusals.has(status) && status < 500 : status === wanted;
      if (!asWanted || /\bat .*\.(js|ts):\d+/.test(body)) wrong.push(`${nameOf(cell)}: ${status}, not ${wanted} ${body.slice(0, 160)}`);
    });
    return wrong;
  }

  it('comes out as it must in every cell, never with a 5xx, a stack or a secret', async () => {
    const cells = cellsOf(routes.filter((route) => !isLast(route)));
    expect(await wrongAmong(cells)).toEqual([]);
    expect(cells.length).toBeGreaterThan(2_000);
  }, 600_000);

  it('answers a foreign id and an unknown one alike, but for the id', async () => {
    const differing: string[] = [];
    const strip = (text: string, id: string) => text.replaceAll(id, 'ID').replaceAll(/"requestId":"[^"]+"/g, '');
    for (const route of routes.filter(({ target, method, realm }) => target !== undefined && method === 'GET' && realm === 'project')) {
      for (const caller of world.callers.filter(({ rights }) => rights !== null)) {
        const [unknown, foreign] = [`${route.target!.toLowerCase()}_unknown`, await sharedTarget(route.target!, 'foreign platform')];
        const answers = await Promise.all([unknown, foreign].map(async (id) => {
          const answer = await request('GET', route.path.replace(/\{\w+\}/, id), caller.headers);
          return `${answer.status} ${strip(await answer.text(), id)}`;
        }));
        if (answers[0] !== answers[1]) differing.push(`${route.path} · ${caller.name}: ${answers.join(' | ')}`);
      }
    }
    expect(differing).toEqual([]);
  }, 120_000);

  it('left everything that belongs to others as it was', async () => {
    for (const [name, made] of shared) {
      const [noun, place] = name.split(' of ') as [Noun, Exclude<Place, 'nobody'>];
      if (place === 'own' || !isKept(noun)) continue;
      const project = world.projectOf(place);
      const key = ['user', 'oauthApp'].includes(noun) ? project.platformKey : project.key;
      const answer = await request('GET', `/api/v1/${paths[noun]}/${await made}`, { 'x-api-key': key });
      const body = (await answer.json()) as { revoked?: string | null; status?: string; displayName?: string };
      expect([name, answer.status, body.revoked ?? null]).toEqual([name, 200, null]);
      if (noun === 'keyConnection' && body.status !== undefined) expect([name, body.status]).toEqual([name, 'ACTIVE']);
      if (noun === 'connectLink') expect([name, body.status]).toEqual([name, 'open']);
      if (noun.toLowerCase().includes('connection')) expect([name, body.displayName]).toEqual([name, 'Target']);
    }
  }, 60_000);

  it('lets everybody log out, and nobody who did come in again', async () => {
    expect(await wrongAmong(cellsOf(routes.filter(isLast)))).toEqual([]);
    const person = world.callers.find(({ kind }) => kind === 'person')!;
    await waitFor(async () => (await request('GET', '/api/v1/sessions/me', person.headers)).status === 401, { what: 'the session to be refused', timeoutMs: 6_000 });
  });

  it('noted every attempt that was refused, with who it was', async () => {
    const [row] = await stack.database.query<{ n: string }>(`SELECT count(*) AS n FROM registry.audit_entry WHERE outcome = 'denied' AND actor_kind <> 'service'`);
    expect(Number(row!.n)).toBeGreaterThanOrEqual(counts[403]);
  });
});
