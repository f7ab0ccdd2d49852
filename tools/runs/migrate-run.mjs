import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../infra/failure.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureInstalled } from '../setup/install.mjs';
import { createProgress } from '../setup/progress.mjs';
import { databaseAddress } from './database-address.mjs';
import { run } from './run.mjs';

export const main = () =>
  run(async () => {
    const databaseUrl = databaseAddress();
    const progress = createProgress();
    await ensureInstalled(progress);
    await ensureBuilt(progress);
    const script = join(repositoryRoot, 'apps', 'all-in-one', 'dist', 'migrate.js');
    if (!existsSync(script)) throw new Failure('apps/all-in-one/dist/migrate.js is missing although everything was built: is the project apps/all-in-one complete?');
    const child = spawn(process.execPath, [script], { cwd: repositoryRoot, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DATABASE_URL: databaseUrl } });
    return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  });
