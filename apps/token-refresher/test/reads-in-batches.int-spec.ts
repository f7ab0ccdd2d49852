import { newId } from '@trunkline/contracts';
import { codeOf, World } from './support/world.js';

let world: World;
const [mine, theirs] = [newId('project'), newId('project')];
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const as = (projectId: string) => world.principal({ projectId });

describe('lookups of many tenants in one statement', () => {
  it('see each its own tenant and nothing else, even in a read that forgot it', async () => {
    const [a, b] = [await world.connect({ projectId: mine }), await world.connect({ projectId: theirs })];
    const elsewhere = newId('platform');
    const lookups = [
      [world.platformId, mine, a.connectionId],
      [world.platformId, theirs, a.connectionId],
      [world.platformId, theirs, b.connectionId],
      [elsewhere, theirs, b.connectionId],
      [world.platformId, mine, b.connectionId],
      [world.platformId, mine, a.connectionId],
      [world.platformId, null, b.connectionId],
    ] as const;
    const column = (place: 0 | 1 | 2) => lookups.map((lookup) => lookup[place]);
    const nobody = lookups.map(() => null);
    const found = async () =>
      (await world.database.query<{ connection_id: string | null }>('SELECT connection_id FROM tokens.credentials_of_tenants($1, $2, $3, $4, $4, $4) WITH ORDINALITY ORDER BY ordinality', [column(0), column(1), column(2), nobody])).map((row) => row.connection_id);
    const right = [a.connectionId, null, b.connectionId, null, null, a.connectionId, b.connectionId];
    expect(await found()).toEqual(right);
    // Without the first wall the second stands, entered anew for each lookup.
    const [definition] = await world.database.query<{ text: string }>(`SELECT pg_get_functiondef('tokens.credentials_of_tenants'::regproc) AS text`);
    const forgetful = definition!.text.replaceAll('AND platform_id = of_platform', '').replaceAll('AND (of_project IS NULL OR project_id = of_project OR of_project = ANY (project_ids))', '');
    expect(forgetful).not.toBe(definition!.text);
    await world.database.query(forgetful);
    expect(await found()).toEqual(right);
    await world.database.query(definition!.text);
  });

  it('are answered each with its own, and what is not found fails alone', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, (_, index) => world.connect({ projectId: index % 2 === 0 ? mine : theirs })));
    const answers = await Promise.all(
      Array.from({ length: 120 }, async (_, index) => {
        const { connectionId, projectId, accessToken } = made[index % made.length]!;
        const foreign = index % 5 === 0;
        const who = as(foreign ? (projectId === mine ? theirs : mine) : projectId!);
        const wanted = index % 7 === 0 ? newId('connection') : connectionId;
        const right = foreign || wanted !== connectionId ? 'ENTITY_NOT_FOUND' : accessToken;
        const answer = await world.resolve({ connectionId: wanted }, who).then(({ token }) => token?.reveal(), (error: { code: string }) => error.code);
        return { right, answer };
      }),
    );
    for (const { right, answer } of answers) expect(answer).toBe(right);
  });

  it('see what was committed before they were asked for, however many are under way', async () => {
    const { connectionId } = await world.connect({ projectId: mine });
    const bystander = await world.connect({ projectId: theirs });
    let over = false;
    const traffic = Array.from({ length: 16 }, async () => {
      while (!over) await world.resolve({ connectionId: bystander.connectionId }, as(theirs));
    });
    try {
      for (let round = 0; round < 25; round += 1) {
        await world.set(connectionId, `status = 'disabled', status_when_enabled = 'usable'`);
        expect(await codeOf(world.resolve({ connectionId }, as(mine)))).toBe('CONNECTION_DISABLED');
        await world.set(connectionId, `status = 'usable', status_when_enabled = NULL`);
        expect(await codeOf(world.resolve({ connectionId }, as(mine)))).toBe('none');
      }
    } finally {
      over = true;
      await Promise.all(traffic);
    }
  });
});
