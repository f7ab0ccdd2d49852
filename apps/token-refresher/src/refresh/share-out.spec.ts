import { shareOut, type Wanting } from './share-out.js';

const hosts = (rooms: Record<string, number>, slow: readonly string[] = []): Wanting[] => Object.entries(rooms).map(([host, room]) => ({ host, room, slow: slow.includes(host) }));
const shares = (wanting: readonly Wanting[], means: { free: number; total?: number; most?: number }) =>
  Object.fromEntries(shareOut(wanting, { total: 100, most: 1_000, ...means }).map(({ host, most }) => [host, most]));

it('gives each host what it has room for', () => expect(shares(hosts({ a: 3, b: 5, full: 0 }), { free: 100 })).toEqual({ a: 3, b: 5 }));
it('shares what is scarce evenly, and passes on what one cannot use', () => expect(shares(hosts({ a: 50, b: 2, c: 50 }), { free: 20 })).toEqual({ a: 9, b: 2, c: 9 }));
it('gives nothing away that is not there', () => {
  expect(shares(hosts({ a: 50, b: 50 }), { free: 0 })).toEqual({});
  expect(shares(hosts({ a: 50, b: 50 }), { free: -3 })).toEqual({});
  expect(shares(hosts({ a: 50, b: 50 }), { free: 100, most: 10 })).toEqual({ a: 5, b: 5 });
});
it('serves those first that waited longest when there is not one for each', () => expect(shares(hosts({ a: 9, b: 1, c: 5 }), { free: 2 })).toEqual({ a: 1, b: 1 }));
it('leaves half of the whole to those that are not slow', () => {
  expect(shares(hosts({ slow: 50, quick: 10 }, ['slow']), { free: 100 })).toEqual({ quick: 10, slow: 40 });
  expect(shares(hosts({ slow: 50 }, ['slow']), { free: 60 })).toEqual({ slow: 10 });
  expect(shares(hosts({ slow: 50, quick: 50 }, ['slow']), { free: 50 })).toEqual({ quick: 50 });
});
