import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneLine } from '../infra/failure.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureInstalled } from '../setup/install.mjs';
import { createProgress } from '../setup/progress.mjs';
import { jestArguments } from './test-options.mjs';
import { summarize } from './test-result.mjs';
import { withTestInfra } from './with-test-infra.mjs';

/**
 * The whole of `npm test`. Its last line is always `N passed, N failed`.
 * @param {readonly string[]} args
 */
export async function main(args) {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-jest-'));
  const outputFile = join(folder, 'result.json');
  let exitCode = 1;
  try {
    const progress = createProgress();
    await ensureInstalled(progress);
    await ensureBuilt(progress);
    exitCode = await withTestInfra(progress, {}, ({ runNode }) => runNode('Jest', jestArguments(repositoryRoot, args, outputFile)));
  } catch (error) {
    process.stderr.write(`${oneLine(error)}\n`);
  }
  const { passed, failed, ok } = summarize({ result: readResult(outputFile), exitCode });
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  // Signal handlers and pipes of what was started keep Node from ending by itself.
  process.exit(ok ? 0 : exitCode || 1);
}

/** @param {string} file */
function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
