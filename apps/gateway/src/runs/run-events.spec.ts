import { setImmediate as turn } from 'node:timers/promises';
import { RunEvents, type Snapshot } from './run-events.js';

const snapshot = (id: string, over = false): Snapshot => ({ id, data: `{"records":"${id}"}`, over, status: over ? 'succeeded' : 'running' });

/** Takes what there is, as a client with room would. */
async function taken(events: RunEvents): Promise<string> {
  await turn();
  let text = '';
  for (let part = events.read() as Buffer | null; part !== null; part = events.read() as Buffer | null) text += part.toString();
  await turn();
  return text;
}

describe('events of a run', () => {
  it('tell what is new, once, and keep the way open', async () => {
    const events = new RunEvents(null, () => undefined);
    events.tell(snapshot('a'));
    expect(await taken(events)).toBe('retry: 3000\n\nevent: progress\nid: a\ndata: {"records":"a"}\n\n');
    events.tell(snapshot('a'));
    events.beat();
    expect(await taken(events)).toBe(': still here\n\n');
    events.tell(snapshot('b', true));
    expect(await taken(events)).toBe('event: progress\nid: b\ndata: {"records":"b"}\n\nevent: end\nid: b\ndata: {"status":"succeeded"}\n\n');
  });

  it('begin behind what the client has seen', async () => {
    const events = new RunEvents('a', () => undefined);
    events.tell(snapshot('a'));
    expect(await taken(events)).toBe('retry: 3000\n\n');
  });

  it('hold the newest alone for who reads slowly', async () => {
    const events = new RunEvents(null, () => undefined);
    const long = 'x'.repeat(20_000);
    await taken(events);
    for (let number = 0; number < 1_000; number += 1) events.tell({ ...snapshot(`s${number}`), data: `"${long}"` });
    await turn();
    expect(events.readableLength).toBeLessThan(50_000);
    const text = await taken(events);
    expect(text.match(/^id: .*/gm)!.at(-1)).toBe('id: s999');
    expect(text.match(/^id: /gm)!.length).toBeLessThan(5);
  });

  it('say once that the client has left, by itself or at the end', async () => {
    for (const end of [(events: RunEvents) => void events.destroy(), (events: RunEvents) => events.leave()]) {
      let left = 0;
      const events = new RunEvents(null, () => (left += 1));
      events.resume();
      end(events);
      await turn();
      await turn();
      expect(left).toBe(1);
    }
  });
});
