/**
 * What became of a test run. A file that could not run a single test counts as one failure; so does a run that gave no result, and
 * a run that failed although no test did.
 * @param {object} run
 * @param {any} run.result what Jest wrote; null if it wrote nothing
 * @param {number} run.exitCode Jest's
 * @returns {{ passed: number, failed: number, ok: boolean }} not ok either if no test ran
 */
export function summarize({ result, exitCode }) {
  const passed = result?.numPassedTests ?? 0;
  const broken = result === null ? 1 : result.numFailedTests + result.numRuntimeErrorTestSuites;
  const failed = broken === 0 && exitCode !== 0 && passed > 0 ? 1 : broken;
  return { passed, failed, ok: failed === 0 && passed > 0 && exitCode === 0 };
}
