import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@trunkline/contracts';
import { AppError } from './app-error.js';
import { createLogger } from './logger.js';
import { runInTrace } from './trace.js';

describe('the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The lines of a log of its own, once the last one is marked as written. */
  const written = async (name: string, write: (logger: ReturnType<typeof createLogger>) => void) => {
    const file = join(folder, name);
    const logger = createLogger({ service: 'test', level: 'info', destination: file });
    write(logger);
    logger.info('the last line');
    const deadline = Date.now() + 5_000;
    while (!existsSync(file) || !readFileSync(file, 'utf8').includes('the last line')) {
      if (Date.now() > deadline) throw new Error('nothing was written');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('is JSON lines with time, level, service, message and the request\'s id', async () => {
    const [line] = await written('a', (logger) => runInTrace({ requestId: 'req-1' }, () => logger.info({ count: 3 }, 'done')));
    expect(line).toMatchObject({ level: 'info', service: 'test', message: 'done', count: 3, requestId: 'req-1' });
    expect(Date.parse(String(line!.time))).not.toBeNaN();
  });

  it('holds no secret, by type or by name, at any of the usual depths', async () => {
    const lines = await written('b', (logger) => {
      logger.info({ held: new Secret('canary-1'), deep: { held: new Secret('canary-2') } }, 'by type');
      logger.info({ access_token: 'canary-3', body: { refresh_token: 'canary-4' }, a: { b: { client_secret: 'canary-5' } }, headers: { authorization: 'canary-6', 'x-api-key': 'canary-7' } }, 'by name');
      logger.error({ error: new AppError('INTERNAL', 'outer', { params: { hint: 'canary-8' }, cause: Object.assign(new Error('inner'), { config: { headers: { authorization: 'canary-9' } } }) }) }, 'an error');
    });
    expect(JSON.stringify(lines)).not.toMatch(/canary-\d/);
    expect(lines[2]).toMatchObject({ error: { type: 'AppError', errorCode: 'INTERNAL', message: 'outer', cause: { message: 'inner' } } });
  });
});
