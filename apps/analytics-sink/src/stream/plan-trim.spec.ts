import { planTrim, type Reader, type StreamState } from './plan-trim.js';

const stream: StreamState = { bytes: 90, maxBytes: 100, messages: 90, firstSequence: 11, lastSequence: 100 };
const reader = (name: string, ackFloor: number, unseen = 1, inHand = 0): Reader => ({ name, ackFloor, unseen, inHand });

describe('what may go ahead of its age', () => {
  it('is what all durable consumers have acknowledged, and not more than it takes', () => {
    expect(planTrim(stream, [reader('sink', 20), reader('other', 15)], 'sink', 80)).toBe(16);
    // 90 of 100 bytes, down to 60: 30 messages of one byte.
    expect(planTrim(stream, [reader('sink', 99)], 'sink', 80)).toBe(41);
  });

  it('is nothing while there is room, when told never, and while somebody has read nothing', () => {
    expect(planTrim({ ...stream, bytes: 80 }, [reader('sink', 99)], 'sink', 80)).toBeNull();
    expect(planTrim(stream, [reader('sink', 99)], 'sink', 100)).toBeNull();
    expect(planTrim(stream, [reader('sink', 99), reader('new', 0)], 'sink', 80)).toBeNull();
    expect(planTrim(stream, [reader('sink', 10)], 'sink', 80)).toBeNull();
    expect(planTrim({ ...stream, maxBytes: -1 }, [reader('sink', 99)], 'sink', 80)).toBeNull();
    expect(planTrim({ ...stream, messages: 0 }, [reader('sink', 99)], 'sink', 80)).toBeNull();
  });

  it('is nothing while the sink has not begun to read', () => {
    expect(planTrim(stream, [reader('other', 99)], 'sink', 80)).toBeNull();
  });

  it('takes a consumer of few subjects for finished when nothing of them is left', () => {
    expect(planTrim(stream, [reader('sink', 99), reader('rare', 12, 0, 0)], 'sink', 80)).toBe(41);
    expect(planTrim(stream, [reader('sink', 99), reader('rare', 12, 0, 1)], 'sink', 80)).toBe(13);
  });
});
