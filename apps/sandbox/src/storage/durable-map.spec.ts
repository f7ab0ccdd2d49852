import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DurableMap } from './durable-map.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-map-'));
  path = join(folder, 'deep', 'map.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const contents = async (map: DurableMap<unknown>) => {
  await map.close();
  return Object.fromEntries(map.entries());
};

describe('DurableMap', () => {
  it('gives back what was set and not what was deleted', async () => {
    const map = await DurableMap.open<number>(path);
    await Promise.all([map.set('a', 1), map.set('b', 2), map.set('a', 3), map.delete('b'), map.delete('never')]);
    await map.close();
    expect(await contents(await DurableMap.open(path))).toEqual({ a: 3 });
  });

  it('has acknowledged changes on disk before anything is closed', async () => {
    const map = await DurableMap.open<string>(path);
    await Promise.all(Array.from({ length: 500 }, (_, i) => map.set(`key-${i}`, 'ü'.repeat(i))));
    const copy = join(folder, 'copy.jsonl');
    await writeFile(copy, await readFile(path));
    expect(Object.keys(await contents(await DurableMap.open(copy)))).toHaveLength(500);
    await map.close();
  });

  it('leaves out a last line torn at any byte, and can go on behind it', async () => {
    const map = await DurableMap.open<unknown>(path);
    await map.set('kept', { deep: ['ü', 1] });
    const before = (await stat(path)).size;
    await map.change([['one', 1], ['two', 2], ['kept']]);
    await map.close();
    const whole = await readFile(path);
    for (let size = before; size < whole.length - 1; size += 1) {
      await writeFile(path, whole);
      await truncate(path, size);
      const torn = await DurableMap.open<unknown>(path);
      expect(Object.fromEntries(torn.entries())).toEqual({ kept: { deep: ['ü', 1] } }); // the batch is there whole or not at all
      await torn.set('after', true);
      await torn.close();
      expect(await contents(await DurableMap.open(path))).toEqual({ kept: { deep: ['ü', 1] }, after: true });
    }
    await writeFile(path, whole);
    expect(await contents(await DurableMap.open(path))).toEqual({ one: 1, two: 2 });
  });

  it('refuses a file that is damaged elsewhere, and names the line', async () => {
    const map = await DurableMap.open<number>(path);
    await map.set('a', 1);
    await map.close();
    await appendFile(path, 'not json\n[["b",2]]\n');
    await expect(DurableMap.open(path)).rejects.toThrow(/Line 2 of .*map\.jsonl is damaged/);
  });

  it('shrinks at the start to what still counts', async () => {
    const map = await DurableMap.open<number>(path);
    for (let i = 0; i < 200; i += 1) await map.set('counter', i);
    await map.set('old', -1);
    await map.close();
    const again = await DurableMap.open<number>(path, { keep: (_key, value) => value >= 0 });
    await again.close();
    expect(await readFile(path, 'utf8')).toBe('[["counter",199]]\n');
  });

  it('keeps secrets readable to its owner only', async () => {
    const map = await DurableMap.open<number>(path);
    await map.set('a', 1);
    await map.close();
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('says no after it was closed, rather than pretend', async () => {
    const map = await DurableMap.open<number>(path);
    await map.close();
    await expect(map.set('a', 1)).rejects.toThrow(/closed/);
  });

  it('works in memory without a path', async () => {
    const map = await DurableMap.open<number>(undefined);
    await map.set('a', 1);
    expect(map.get('a')).toBe(1);
    await map.close();
  });
});
