import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolders } from '../setup/fingerprint.mjs';

/**
 * Jest's arguments for one run over every project that has tests.
 * @param {string} root
 * @param {readonly string[]} args of `npm test`: `--e2e` and patterns
 * @param {string} outputFile where Jest writes its result
 * @returns {string[]}
 */
export function jestArguments(root, args, outputFile) {
  const projects = [...projectFolders(root), 'tools'].filter((folder) => existsSync(join(root, folder, 'jest.config.cjs')));
  const patterns = testPatterns(args);
  return [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--maxWorkers=2',
    '--json',
    `--outputFile=${outputFile}`,
    '--projects',
    ...projects.map((folder) => join(root, folder)),
    ...(patterns.length === 0 ? [] : ['--testPathPatterns', ...patterns]),
  ];
}

/**
 * @param {readonly string[]} args
 * @returns {string[]} patterns for the paths of test files
 */
export function testPatterns(args) {
  const names = args.filter((arg) => arg !== '--e2e' && arg !== '--');
  if (!args.includes('--e2e')) return names;
  return names.length === 0 ? ['\\.e2e-spec\\.ts$'] : names.map((name) => `${name}.*\\.e2e-spec\\.ts$|\\.e2e-spec\\.ts.*${name}`);
}
