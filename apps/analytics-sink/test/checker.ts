import { recordVersion, type SourceRecord } from '@trunkline/contracts';
import { remove, upsert } from './world.js';

/** Numbers from 0 to 1 that a seed decides: what fails can be seen again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const list = [...items];
  for (let place = list.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    [list[place], list[other]] = [list[other]!, list[place]!];
  }
  return list;
}

export interface Numbered {
  readonly generation: number;
  readonly records: SourceRecord[];
}

export interface History {
  /** In the order in which they come, which is not the order of their versions; some of them twice or three times. */
  readonly deliveries: Numbered[];
  /** What must stand in the end. */
  readonly expected: { key: string; version: number; deleted: boolean; data: unknown }[];
}

/** Batches over few keys, so that most of them meet: any order, any number of times. */
export function randomHistory(seed: number, batches: number, keys: number): History {
  const random = seeded(seed);
  const made = Array.from({ length: batches }, (_, index): Numbered => {
    const generation = index + 1;
    const chosen = shuffled(Array.from({ length: keys }, (_key, place) => `key-${place}`), random).slice(0, 1 + Math.floor(random() * keys));
    const records = chosen.map((key, place) => {
      const version = recordVersion(generation, place);
      return random() < 0.25 ? remove(key, version) : upsert(key, version, { version, by: random() < 0.1 ? 'text' : generation, [`f${Math.floor(random() * 8)}`]: random() < 0.5 });
    });
    return { generation, records };
  });
  const latest = new Map<string, SourceRecord>();
  for (const record of made.flatMap(({ records }) => records)) if (record.version > (latest.get(record.key)?.version ?? -1)) latest.set(record.key, record);
  const again = made.filter(() => random() < 0.4).concat(made.filter(() => random() < 0.2));
  return {
    deliveries: shuffled([...made, ...again], random),
    expected: [...latest.values()].map(({ key, version, op, data }) => ({ key, version, deleted: op === 'delete', data })).sort((one, other) => (one.key < other.key ? -1 : 1)),
  };
}
