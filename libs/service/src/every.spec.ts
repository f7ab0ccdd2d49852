import { every } from './every.js';
import { createLogger } from './logger.js';

const logger = createLogger({ service: 'test', level: 'silent', destination: 'stdout' });
const until = async (check: () => boolean) => {
  const deadline = Date.now() + 5_000;
  while (!check()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('every', () => {
  it('goes on after an error, and never runs two rounds at once', async () => {
    let rounds = 0;
    let inside = 0;
    let most = 0;
    const loop = every(5, 'test', logger, async () => {
      rounds += 1;
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inside -= 1;
      if (rounds === 2) throw new Error('once');
    });
    for (let count = 0; count < 20; count += 1) loop.nudge();
    await until(() => rounds >= 5);
    await loop.stop();
    expect(most).toBe(1);
  });

  it('runs again at once when there was more to do or somebody nudged, and waits otherwise', async () => {
    let rounds = 0;
    const loop = every(60_000, 'test', logger, async () => {
      rounds += 1;
      return rounds < 4 ? 'again' : undefined;
    });
    await until(() => rounds === 4);
    loop.nudge();
    await until(() => rounds === 5);
    await loop.stop();
    expect(rounds).toBe(5);
  });

  it('stops only when the round under way has ended', async () => {
    let ended = false;
    let begun = false;
    const loop = every(1, 'test', logger, async () => {
      begun = true;
      await new Promise((resolve) => setTimeout(resolve, 50));
      ended = true;
    });
    await until(() => begun);
    await loop.stop();
    expect(ended).toBe(true);
  });
});
