import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { adminKey, askGateway } from './ask-gateway.mjs';
import { run } from './run.mjs';

const usage = 'npm run audit:verify [-- --platform plat_…] [--url http://localhost:3000]';
/** As long as the gateway itself waits for the walk. */
const timeoutMs = 75_000;

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const { platform, url } = options(args);
    const query = platform === undefined ? '' : `?platformId=${encodeURIComponent(platform)}`;
    /** @type {{ entries: number, intact: boolean, brokenAt: number | null, head: string | null }} */
    const found = await askGateway({ url, key: adminKey(), method: 'GET', path: `/api/v1/audit/verify${query}`, timeoutMs });
    const whose = platform === undefined ? 'what belongs to the installation' : platform;
    process.stdout.write(`${found.intact ? 'intact' : `BROKEN at entry ${found.brokenAt}`}: the chain of ${whose}, ${found.entries} entries\n${JSON.stringify(found)}\n`);
    return found.intact ? 0 : 1;
  });

/** @param {readonly string[]} args */
export function options(args) {
  try {
    const flags = /** @type {const} */ ({ platform: { type: 'string' }, url: { type: 'string', default: 'http://localhost:3000' } });
    const { platform, url } = parseArgs({ args: [...args], options: flags }).values;
    return { platform, url: url.replace(/\/+$/, '') };
  } catch (cause) {
    throw new Failure(`${/** @type {Error} */ (cause).message}. ${usage}`, { cause });
  }
}
