import { ensureInstalled } from '../setup/install.mjs';
import { createProgress } from '../setup/progress.mjs';
import { run } from './run.mjs';

export const main = () => run(async () => ensureInstalled(createProgress()));
