import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../infra/free-port.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { renderTable } from './render-table.mjs';
import { jestArguments, testPatterns } from './test-options.mjs';
import { summarize } from './test-result.mjs';

describe('the result of a test run', () => {
  const jest = (/** @type {Partial<Record<string, number>>} */ counts) => ({ numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, ...counts });
  it.each([
    ['all is well', { result: jest({ numPassedTests: 5 }), exitCode: 0 }, { passed: 5, failed: 0, ok: true }],
    ['a test failed', { result: jest({ numPassedTests: 5, numFailedTests: 2 }), exitCode: 1 }, { passed: 5, failed: 2, ok: false }],
    ['a file could not be run', { result: jest({ numPassedTests: 5, numRuntimeErrorTestSuites: 1 }), exitCode: 1 }, { passed: 5, failed: 1, ok: false }],
    ['no test ran', { result: jest({}), exitCode: 0 }, { passed: 0, failed: 0, ok: false }],
    ['no test was found', { result: jest({}), exitCode: 1 }, { passed: 0, failed: 0, ok: false }],
    ['there is no result', { result: null, exitCode: 1 }, { passed: 0, failed: 1, ok: false }],
    ['only the run itself failed', { result: jest({ numPassedTests: 5 }), exitCode: 1 }, { passed: 5, failed: 1, ok: false }],
  ])('%s', (_what, run, summary) => expect(summarize(run)).toEqual(summary));
});

describe('the tests to run', () => {
  it('are those of every project that has a configuration', () => {
    const root = mkdtempSync(join(tmpdir(), 'trunkline-runs-'));
    try {
      for (const project of ['apps/one', 'libs/two', 'libs/three']) {
        mkdirSync(join(root, project), { recursive: true });
        writeFileSync(join(root, project, 'package.json'), '{}');
        if (project !== 'libs/three') writeFileSync(join(root, project, 'jest.config.cjs'), '');
      }
      const args = jestArguments(root, ['sink'], '/result.json');
      expect(args.slice(args.indexOf('--projects'))).toEqual(['--projects', join(root, 'apps/one'), join(root, 'libs/two'), '--testPathPatterns', 'sink']);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  const matches = (/** @type {readonly string[]} */ args, /** @type {string} */ path) => testPatterns(args).some((pattern) => new RegExp(pattern).test(path));
  it('are the end-to-end tests alone with --e2e, by name too', () => {
    expect(matches(['--e2e'], '/r/apps/all-in-one/test/sync.e2e-spec.ts')).toBe(true);
    expect(matches(['--e2e'], '/r/apps/gateway/test/sync.int-spec.ts')).toBe(false);
    expect(matches(['--e2e', 'sync'], '/r/apps/all-in-one/test/sync.e2e-spec.ts')).toBe(true);
    expect(matches(['--e2e', 'sync'], '/r/apps/all-in-one/test/connect.e2e-spec.ts')).toBe(false);
    expect(testPatterns([])).toEqual([]);
  });
});

describe('a table', () => {
  it('shows rows as text, cut where they are long', () => {
    expect(renderTable(['id', 'data'], [[1, { a: [1] }], [22, null], [3, 'x'.repeat(70)]])).toBe(
      ['id  data', `--  ${'-'.repeat(60)}`, '1   {"a":[1]}', '22', `3   ${'x'.repeat(59)}…`, '(3 rows)'].join('\n'),
    );
  });
});

describe('npm run query', () => {
  const query = (/** @type {readonly string[]} */ args, /** @type {NodeJS.ProcessEnv} */ environment) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(repositoryRoot, 'tools', 'query.mjs'), ...args], { encoding: 'utf8', env: { ...process.env, DATABASE_URL: '', ...environment } });
    return { status, stdout, stderr };
  };
  const DATABASE_URL = process.env.TRUNKLINE_TEST_DATABASE_URL;

  it('prints a table, or JSON', () => {
    expect(query(["SELECT 1 AS one, 'a' AS two"], { DATABASE_URL })).toEqual({ status: 0, stdout: 'one  two\n---  ---\n1    a\n(1 row)\n', stderr: '' });
    expect(JSON.parse(query(['SELECT 1 AS one', '--json'], { DATABASE_URL }).stdout)).toEqual([{ one: 1 }]);
  });

  it('writes nothing, in one statement or in several', () => {
    expect(query(['CREATE TABLE forbidden ()'], { DATABASE_URL })).toMatchObject({ status: 1, stderr: 'The database refused: cannot execute CREATE TABLE in a read-only transaction\n' });
    expect(query(['SELECT 1; COMMIT; CREATE TABLE forbidden ()'], { DATABASE_URL })).toMatchObject({ status: 1, stderr: expect.stringContaining('multiple commands') });
  });

  it('says in one line that nothing runs', async () => {
    const port = await freePort();
    const nobody = 'The database does not answer: Trunkline is not running. Start it with npm start, or set DATABASE_URL to a running server.\n';
    expect(query(['SELECT 1'], { DATABASE_URL: `postgres://127.0.0.1:${port}/x` })).toEqual({ status: 1, stdout: '', stderr: nobody });
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-query-'));
    expect(query(['SELECT 1'], { TRUNKLINE_DATA_DIR: folder })).toMatchObject({ status: 1, stderr: expect.stringMatching(/^There is no database yet in .*\n$/) });
    rmSync(folder, { recursive: true });
  });
});
