import { afterFailure, type Circuit } from './circuit.js';

const working: Circuit = { state: 'active', consecutiveFailures: 0, failingSeconds: 0, pauseSeconds: null };
const resting: Circuit = { state: 'resting', consecutiveFailures: 5, failingSeconds: 60, pauseSeconds: 30 };
const five = 5 * 86_400;
const fail = (circuit: Circuit, probe = false) => afterFailure(circuit, { probe, restSeconds: 30 });

it('stays closed over four failures and opens at the fifth', () => {
  expect(fail({ ...working, consecutiveFailures: 3 })).toEqual({ state: 'active', consecutiveFailures: 4, pauseSeconds: null, holdSeconds: null });
  expect(fail({ ...working, consecutiveFailures: 4 })).toEqual({ state: 'resting', consecutiveFailures: 5, pauseSeconds: 30, holdSeconds: 30 });
});

it('doubles the pause with every probe, up to a quarter of an hour, and with nothing else', () => {
  let circuit = resting;
  const pauses: (number | null)[] = [];
  for (let probes = 0; probes < 7; probes += 1) {
    const next = fail(circuit, true);
    pauses.push(next.holdSeconds);
    circuit = { ...circuit, ...next };
  }
  expect(pauses).toEqual([60, 120, 240, 480, 900, 900, 900]);
  expect(fail(resting)).toEqual({ state: 'resting', consecutiveFailures: 6, pauseSeconds: 30, holdSeconds: null });
});

it('disables after five days of nothing but failures, and not on the first ones of a quiet endpoint', () => {
  expect(fail({ ...resting, failingSeconds: five - 1 }, true).state).toBe('resting');
  expect(fail({ ...resting, failingSeconds: five }, true)).toMatchObject({ state: 'disabled', pauseSeconds: null, holdSeconds: null });
  expect(fail({ ...working, consecutiveFailures: 1, failingSeconds: five }).state).toBe('active');
});

it('leaves what is disabled alone', () => {
  expect(fail({ ...working, state: 'disabled', consecutiveFailures: 9 })).toMatchObject({ state: 'disabled', holdSeconds: null });
});
