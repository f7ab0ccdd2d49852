import { Turns } from './turns.js';

const codeOf = (work: Promise<unknown>) => work.then(() => 'done', (error: { code: string }) => error.code);

it('gives a project thirty a minute, and others theirs', async () => {
  let now = 0;
  const turns = new Turns(() => now);
  for (let turn = 0; turn < 30; turn += 1) expect(await turns.take('a', () => Promise.resolve(turn))).toBe(turn);
  now = 59_000;
  await expect(turns.take('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'RATE_LIMITED', params: { retryAfterSeconds: 1 } });
  expect(await codeOf(turns.take('b', () => Promise.resolve()))).toBe('done');
  now = 60_000;
  expect(await codeOf(turns.take('a', () => Promise.resolve()))).toBe('done');
});

it('has eight under way at most, and one that failed is over', async () => {
  const turns = new Turns(() => 0);
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const under = Array.from({ length: 8 }, (_, index) => turns.take(`p${index}`, () => held));
  expect(await codeOf(turns.take('more', () => Promise.resolve()))).toBe('SERVICE_UNAVAILABLE');
  release();
  await Promise.all(under);
  expect(await codeOf(turns.take('more', () => Promise.reject(Object.assign(new Error(), { code: 'x' }))))).toBe('x');
  expect(await codeOf(turns.take('more', () => Promise.resolve()))).toBe('done');
});
