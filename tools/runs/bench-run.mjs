import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../infra/failure.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureInstalled } from '../setup/install.mjs';
import { createProgress } from '../setup/progress.mjs';
import { run } from './run.mjs';
import { withTestInfra } from './with-test-infra.mjs';

const folder = join(repositoryRoot, 'benchmarks');
const suffix = '.bench.mjs';

/** @param {readonly string[]} names */
export async function main(names) {
  await run(async () => {
    const all = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length)).sort() : [];
    const unknown = names.filter((name) => !all.includes(name));
    if (unknown.length > 0) throw new Failure(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ') || 'none'}.`);
    if (all.length === 0) throw new Failure('There are no benchmarks in the folder benchmarks.');
    const progress = createProgress();
    await ensureInstalled(progress);
    await ensureBuilt(progress);
    return withTestInfra(progress, { durable: true }, async ({ runNode, interrupted }) => {
      let exitCode = 0;
      for (const name of names.length > 0 ? names : all) {
        if (interrupted()) return 130;
        const code = await progress.step(`Benchmark ${name}`, () => runNode(name, [join(folder, `${name}${suffix}`)]));
        if (code !== 0) process.stderr.write(`The benchmark ${name} failed (exit code ${code}).\n`);
        exitCode ||= code;
      }
      return exitCode;
    });
  });
  process.exit();
}
