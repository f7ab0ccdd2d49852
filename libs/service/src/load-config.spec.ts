import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, flag, list, loadConfig, secretText, setting, text, whole } from './load-config.js';

const settings = {
  url: setting('THE_URL', text, 'Where.'),
  size: setting('THE_SIZE', whole(1, 10).default(5), 'How many.'),
  on: setting('THE_FLAG', flag.default(false), 'Whether.'),
  names: setting('THE_NAMES', list.default([]), 'Which.'),
  key: setting('THE_KEY', secretText.optional(), 'A secret.'),
};

describe('loading the configuration', () => {
  it('reads, converts and freezes', () => {
    const config = loadConfig('some-service', settings, { THE_URL: 'x', THE_SIZE: '7', THE_FLAG: 'true', THE_NAMES: ' a, b ,,c', THE_KEY: 'hunter2' });
    expect({ ...config, key: undefined }).toEqual({ url: 'x', size: 7, on: true, names: ['a', 'b', 'c'], key: undefined });
    expect(inspect(config)).not.toContain('hunter2');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lets a service\'s own variable go before the common one', () => {
    expect(loadConfig('some-service', settings, { THE_URL: 'x', THE_SIZE: '7', SOME_SERVICE_THE_SIZE: '2' }).size).toBe(2);
    expect(loadConfig('other', settings, { THE_URL: 'x', THE_SIZE: '7', SOME_SERVICE_THE_SIZE: '2' }).size).toBe(7);
  });

  it('reads a value from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-config-'));
    try {
      writeFileSync(join(folder, 'key'), 'from a file\n');
      expect(loadConfig('s', settings, { THE_URL: 'x', THE_KEY_FILE: join(folder, 'key') }).key?.reveal()).toBe('from a file');
      expect(() => loadConfig('s', settings, { THE_URL: 'x', THE_KEY_FILE: join(folder, 'none') })).toThrow('THE_KEY_FILE cannot be read (ENOENT)');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names every problem at once, and no value', () => {
    const attempt = () => loadConfig('some-service', settings, { THE_SIZE: '99', THE_FLAG: 'perhaps-hunter2' });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/THE_URL is missing[\s\S]*THE_SIZE: [\s\S]*THE_FLAG: /);
    expect(attempt).not.toThrow(/hunter2/);
  });
});
