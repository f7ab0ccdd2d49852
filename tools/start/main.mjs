import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, makeDataFolder, requireDiskSpace } from '../infra/data-folder.mjs';
import { Failure, oneLine } from '../infra/failure.mjs';
import { endLeftover } from '../infra/guarded-process.mjs';
import { takeLock } from '../infra/lock-file.mjs';
import { loadSecrets } from '../infra/secrets.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureInstalled } from '../setup/install.mjs';
import { createProgress, describeFailure } from '../setup/progress.mjs';
import { applicationMarker, applicationStopMs, startApplication } from './application.mjs';
import { applicationEnvironment } from './environment.mjs';
import { keepRunning } from './keep-running.mjs';
import { help, readOptions } from './options.mjs';
import { choosePorts } from './ports.mjs';
import { provideDatabase, provideNats } from './servers.mjs';
import { createStopOrder, onEndSignals, ranks } from './stop-order.mjs';

/**
 * The whole of `npm start`. Sets the exit code; rejects never.
 * @param {readonly string[]} args
 */
export async function main(args) {
  const started = performance.now();
  const progress = createProgress();
  const stops = createStopOrder(progress.note);
  let once = false;
  let ready = false;
  let leaving = false;

  /** @param {number} code */
  const leave = async (code) => {
    leaving = true;
    await stops.stopAll();
    process.exit(code);
  };
  /** @param {unknown} error */
  const fail = async (error) => {
    // What breaks while everything is being stopped is no news.
    if (leaving) return;
    leaving = true;
    const { step, error: reason } = describeFailure(error);
    process.stderr.write(`${reason}\n`);
    await stops.stopAll();
    if (once) process.stdout.write(`${JSON.stringify({ ok: false, step, error: reason })}\n`);
    process.exit(1);
  };

  try {
    const options = readOptions(args);
    if (options.help) return void process.stdout.write(`${help}\n`);
    once = options.once;
    onEndSignals({
      first: (signal) => {
        progress.note('stopping');
        // Ended on request after it was up: that is success. Before: nothing came of it.
        void leave(ready && !once ? 0 : signal === 'SIGINT' ? 130 : 143);
      },
      further: () => stops.hurry(),
    });
    const platform = await startPlatform({ progress, stops, giveUp: (error) => void fail(error) });
    const { runDemonstration } = await import('../demo/run-demonstration.mjs');
    const { printReport } = await import('../demo/print-report.mjs');
    if (platform.sandbox === null) {
      if (once) throw new Failure('--once shows the platform with the sandbox, which TRUNKLINE_SANDBOX=false turns off.');
      ready = true;
      return progress.note(`Trunkline is ready at ${platform.baseUrl} (Ctrl-C stops it)`);
    }
    try {
      const report = await runDemonstration({ ...platform, ...platform.sandbox, onProgress: progress });
      printReport({ report, ...platform }, (line) => void process.stdout.write(`${line}\n`));
      if (once) {
        leaving = true;
        await stops.stopAll();
        const seconds = Math.round((performance.now() - started) / 100) / 10;
        process.stdout.write(`${JSON.stringify({ ok: true, ...report.outcome, seconds })}\n`);
        process.exit(0);
      }
    } catch (error) {
      if (once) throw error;
      // What the person came for runs; only the showing failed.
      process.stderr.write(`The demonstration failed: ${describeFailure(error).error}\n`);
    }
    ready = true;
    progress.note(`Trunkline is ready at ${platform.baseUrl} after ${((performance.now() - started) / 1_000).toFixed(1)} s (Ctrl-C stops it)`);
  } catch (error) {
    await fail(error);
  }
}

/**
 * From nothing to services that are ready.
 * @param {{ progress: import('../setup/progress.mjs').Progress, stops: import('./stop-order.mjs').StopOrder, giveUp: (error: unknown) => void }} options
 */
async function startPlatform({ progress, stops, giveUp }) {
  const dataDir = dataFolder();
  try {
    makeDataFolder(dataDir);
    requireDiskSpace(dataDir);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`The data folder ${dataDir} cannot be made: ${oneLine(error)}`, { cause: error });
  }
  const secrets = loadSecrets(dataDir);
  const lock = takeLock(join(dataDir, 'start.lock'));
  if ('heldBy' in lock) {
    throw new Failure(`Trunkline already runs with the data folder ${dataDir} (process ${lock.heldBy}). Stop it, or set TRUNKLINE_DATA_DIR to another folder.`);
  }
  process.once('exit', () => lock.release());
  const pidFile = join(dataDir, 'application.pid');
  await endLeftover(pidFile, { marker: applicationMarker, boundMs: applicationStopMs });
  const withSandbox = process.env.TRUNKLINE_SANDBOX !== 'false' && process.env.TRUNKLINE_SANDBOX !== '0';
  if (withSandbox && process.env.NODE_ENV === 'production') progress.note('NODE_ENV=production is not passed on: the development sandbox is started too (TRUNKLINE_SANDBOX=false leaves it out)');
  const { port, sandboxPort } = await choosePorts(dataDir, withSandbox);

  await ensureInstalled(progress);
  await ensureBuilt(progress);
  const servers = { dataDir, secrets, progress, stops, giveUp };
  const [databaseUrl, nats] = await Promise.all([provideDatabase(servers), provideNats(servers)]);
  const environment = applicationEnvironment({ environment: process.env, dataDir, secrets, port, sandboxPort, databaseUrl, natsUrl: nats.url, natsUsers: nats.users });
  if (environment.TRUNKLINE_SANDBOX_DATA_DIR) mkdirSync(environment.TRUNKLINE_SANDBOX_DATA_DIR, { recursive: true, mode: 0o700 });

  await progress.step('Starting the services', async (say) => {
    const application = { environment, port, log: join(dataDir, 'logs', 'trunkline.log'), pidFile };
    const first = await startApplication({ ...application, say });
    const { stop } = keepRunning({ name: 'Trunkline', first, again: () => startApplication({ ...application, say: progress.note }), note: progress.note, giveUp });
    stops.add({ rank: ranks.application, name: 'Trunkline', stop });
  });
  return {
    dataDir,
    baseUrl: environment.TRUNKLINE_PUBLIC_URL ?? '',
    localUrl: `http://127.0.0.1:${port}`,
    adminKey: environment.TRUNKLINE_ADMIN_KEY ?? '',
    databaseUrl,
    ownDatabase: process.env.DATABASE_URL === undefined || process.env.DATABASE_URL === '',
    sandbox:
      sandboxPort === null ? null : { sandboxUrl: environment.TRUNKLINE_SANDBOX_URL ?? '', sandboxClientSecret: environment.TRUNKLINE_SANDBOX_CLIENT_SECRET ?? '' },
  };
}
