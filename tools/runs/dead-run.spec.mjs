import { options as deadOptions } from './dead-run.mjs';
import { options as sinkOptions } from './sink-run.mjs';

describe('the command for dead letters', () => {
  it('is read from the command line', () => {
    expect(deadOptions(['list'])).toEqual({ command: 'list', ids: [], subject: undefined, json: false });
    expect(deadOptions(['show', '--id', '3,4', '--id', '5', '--json'])).toEqual({ command: 'show', ids: [3, 4, 5], subject: undefined, json: true });
    expect(deadOptions(['replay', '--subject', 'rec.>'])).toMatchObject({ command: 'replay', subject: 'rec.>' });
    expect(deadOptions(['replay', '--all'])).toMatchObject({ command: 'replay', ids: [] });
  });

  it.each([[[]], [['drop']], [['list', 'more']], [['replay']], [['show']], [['show', '--id', 'x']], [['show', '--id', '0']], [['list', '--subject', 'a b']], [['list', '--subject', 'a..b']], [['list', '--what']]])('says what it takes instead of: %j', (args) => {
    expect(() => deadOptions(args)).toThrow(/npm run dead|no subject/);
  });
});

describe('the command for the sink', () => {
  it('is read from the command line', () => {
    expect(sinkOptions(['rebuild'])).toEqual({ command: 'rebuild', onlyStream: false });
    expect(sinkOptions(['rebuild', '--only-stream'])).toEqual({ command: 'rebuild', onlyStream: true });
    expect(sinkOptions(['user', 'acme'])).toEqual({ command: 'user', name: 'acme' });
  });

  it.each([[[]], [['user']], [['rebuild', 'now']], [['user', 'a', '--only-stream']], [['rebuild', '--what']]])('says what it takes instead of: %j', (args) => {
    expect(() => sinkOptions(args)).toThrow('npm run sink');
  });
});
