import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureInstalled } from '../setup/install.mjs';
import { createProgress } from '../setup/progress.mjs';
import { run } from './run.mjs';
import { withTestInfra } from './with-test-infra.mjs';

/**
 * @param {readonly string[]} args
 * @returns {{ runs: number, seed: number }}
 */
export function chaosOptions(args) {
  /** @type {{ runs?: string, seed?: string }} */
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: { runs: { type: 'string' }, seed: { type: 'string' } } }));
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)} Use: npm run chaos -- [--runs 100] [--seed 1]`);
  }
  const number = (/** @type {string} */ name, /** @type {string | undefined} */ text, /** @type {number} */ fallback) => {
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 1_000_000) throw new Failure(`--${name} must be a whole number from 1 to 1000000, not ${text}.`);
    return value;
  };
  return { runs: number('runs', values.runs, 100), seed: number('seed', values.seed, 1) };
}

/** @param {readonly string[]} args */
export async function main(args) {
  await run(async () => {
    const { runs, seed } = chaosOptions(args);
    const progress = createProgress();
    await ensureInstalled(progress);
    await ensureBuilt(progress);
    return withTestInfra(progress, { durable: false }, ({ runNode }) => runNode('Chaos', [join(repositoryRoot, 'tools', 'chaos', 'main.mjs'), String(runs), String(seed)]));
  });
  process.exit();
}
