import { Failure, oneLine } from '../infra/failure.mjs';

/**
 * Runs a command's body. What goes wrong is said in one line and gives a failing exit code.
 * @param {() => Promise<number | void>} body may answer with the exit code
 */
export async function run(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    process.stderr.write(`${oneLine(error)}\n`);
    if (!(error instanceof Failure) && process.env.TRUNKLINE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
