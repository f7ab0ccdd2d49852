import { readCursor, writeCursor } from './cursor.js';

const key = Buffer.alloc(32, 1);
const cursor = { direction: 'next', from: { at: '2026-01-01 00:00:00.123456+00', id: 'conn_1' } } as const;
const binding = { list: 'connections', platformId: 'plat_1', projectId: 'proj_1', status: undefined };

describe('a cursor', () => {
  it('comes back as it was written, whatever the order of the filters', () => {
    const text = writeCursor(key, cursor, binding);
    expect(readCursor(key, text, { projectId: 'proj_1', platformId: 'plat_1', list: 'connections' })).toEqual(cursor);
  });

  it.each([
    ['another tenant', key, { ...binding, projectId: 'proj_2' }],
    ['another filter', key, { ...binding, status: ['active'] }],
    ['another list', key, { ...binding, list: 'flows' }],
    ['another key', Buffer.alloc(32, 2), binding],
  ])('is refused with %s', (_, otherKey, otherBinding) => {
    const text = writeCursor(key, cursor, binding);
    expect(() => readCursor(otherKey, text, otherBinding)).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);
  });

  it.each(['', '.', 'x', 'e30.', 'e30.AAAAAAAAAAAAAAAAAAAAAA', '__proto__', '%00', `${'a'.repeat(1_000)}.b`])('is refused when it is made up: %j', (text) => {
    expect(() => readCursor(key, text, binding)).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);
  });

  it('is refused when a place was changed', () => {
    const [, signed] = writeCursor(key, cursor, binding).split('.');
    const payload = Buffer.from(JSON.stringify([0, cursor.from.at, 'conn_2'])).toString('base64url');
    expect(() => readCursor(key, `${payload}.${signed}`, binding)).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);
  });
});
