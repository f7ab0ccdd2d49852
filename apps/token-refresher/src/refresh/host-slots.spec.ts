import { jest } from '@jest/globals';
import { HostSlots } from './host-slots.js';

const slotsOf = (refreshHostConcurrency: number) => new HostSlots({ config: { refreshHostConcurrency } } as never);
const enter = (slots: HostSlots, host: string, { urgent = false, patienceMs = 60_000 } = {}) => slots.enter({}, host, urgent, patienceMs);

afterEach(() => {
  jest.useRealTimers();
});

it('lets so many in at once, the next when one leaves, and each host on its own', async () => {
  const slots = slotsOf(2);
  const [first] = [await enter(slots, 'a'), await enter(slots, 'a')];
  let third = 'waits';
  const entered = enter(slots, 'a').then(() => (third = 'in'));
  await enter(slots, 'b');
  await new Promise(setImmediate);
  expect(third).toBe('waits');
  first!.leave();
  first!.leave();
  await entered;
  expect(third).toBe('in');
});

it('gives a place that is left to the one who waited, not to the one who comes in between', async () => {
  const slots = slotsOf(1);
  const first = await enter(slots, 'a');
  const order: string[] = [];
  const second = enter(slots, 'a').then((slot) => (order.push('second'), slot));
  first!.leave();
  const third = enter(slots, 'a').then((slot) => (order.push('third'), slot));
  (await second)!.leave();
  await third;
  expect(order).toEqual(['second', 'third']);
});

it('lets callers in before what nobody waits for', async () => {
  const slots = slotsOf(1);
  const first = await enter(slots, 'a');
  const order: string[] = [];
  const waiting = [enter(slots, 'a'), enter(slots, 'a', { urgent: true })].map((entry, index) => entry.then((slot) => (order.push(index === 1 ? 'caller' : 'sweep'), slot!.leave())));
  first!.leave();
  await Promise.all(waiting);
  expect(order).toEqual(['caller', 'sweep']);
});

it('sends away who waited too long', async () => {
  jest.useFakeTimers();
  const slots = slotsOf(1);
  const first = await enter(slots, 'a');
  const second = enter(slots, 'a', { patienceMs: 5_000 });
  jest.advanceTimersByTime(5_001);
  expect(await second).toBeUndefined();
  first!.leave();
  expect(await enter(slots, 'a')).toBeDefined();
});

describe('what the sweep may lease', () => {
  it('is little at a host that was never asked, and counts what is on its way', () => {
    const slots = slotsOf(32);
    expect(slots.room('a')).toBe(8);
    const leases = [{}, {}, {}];
    for (const lease of leases) slots.expect(lease, 'a');
    expect(slots.room('a')).toBe(5);
    slots.forget(leases[0]!);
    slots.forget(leases[0]!);
    expect(slots.room('a')).toBe(6);
  });

  it('is more than the cap where answers come soon, and the cap where they take long', async () => {
    jest.useFakeTimers();
    const slots = slotsOf(10);
    const took = async (host: string, ms: number) => {
      const slot = await enter(slots, host);
      jest.advanceTimersByTime(ms);
      slot!.leave();
    };
    await took('quick', 100);
    await took('late', 1_000);
    await took('slow', 20_000);
    expect([slots.room('quick'), slots.room('late'), slots.room('slow')]).toEqual([35, 12, 10]);
    expect([slots.isSlow('quick'), slots.isSlow('late'), slots.isSlow('slow')]).toEqual([false, false, true]);
  });

  it('shrinks as soon as a host stops answering', async () => {
    jest.useFakeTimers();
    const slots = slotsOf(10);
    (await enter(slots, 'a'))!.leave();
    expect(slots.room('a')).toBe(50);
    await enter(slots, 'a');
    jest.advanceTimersByTime(3_000);
    expect([slots.room('a'), slots.isSlow('a')]).toEqual([9, true]);
  });

  it('wakes the sweep when there is room again', async () => {
    const slots = slotsOf(1);
    const wake = jest.fn();
    slots.onRoom(wake);
    (await enter(slots, 'a'))!.leave();
    expect(wake).toHaveBeenCalledTimes(1);
  });
});
