import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, recognise } from '../infra/failure.mjs';
import { waitForLock } from '../infra/lock-file.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { writeFileAtomically } from '../infra/write-file-atomically.mjs';
import { fingerprint, projectFolders } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';

const rootFiles = ['.swcrc', 'nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json'];

/**
 * Builds every project by Nx, unless neither a source nor a built file has changed since the last build here: then not even Nx is started.
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [root]
 * @returns {Promise<void>}
 * @throws Failure with the first error
 */
export async function ensureBuilt(progress, root = repositoryRoot) {
  if (isBuilt(root)) return;
  mkdirSync(join(root, '.nx'), { recursive: true });
  const lock = await waitForLock(join(root, '.nx', 'prepare.lock'), { onWait: (pid) => progress.note(`waiting for another build (process ${pid})`) });
  try {
    if (isBuilt(root)) return;
    await progress.step('Building', async (say) => {
      // Taken before: what is saved while the build runs must not count as built.
      const sources = sourcesOf(root);
      await build(root, say);
      writeFileAtomically(stampFile(root), JSON.stringify({ sources, outputs: outputsOf(root) }), 0o644);
    });
  } finally {
    lock.release();
  }
}

/** @param {string} root */
const stampFile = (root) => join(root, '.nx', 'trunkline-built.json');

/** @param {string} root */
function isBuilt(root) {
  if (!existsSync(stampFile(root))) return false;
  try {
    const { sources, outputs } = JSON.parse(readFileSync(stampFile(root), 'utf8'));
    return sources === sourcesOf(root) && outputs === outputsOf(root);
  } catch {
    return false;
  }
}

/** @param {string} root */
const sourcesOf = (root) => fingerprint(root, [...rootFiles, ...projectFolders(root)], (name) => !['dist', 'node_modules', 'coverage'].includes(name));
/** @param {string} root */
const outputsOf = (root) => fingerprint(root, projectFolders(root).map((folder) => join(folder, 'dist')), () => true);

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function build(root, say) {
  const { ok, lines } = await runCommand({
    name: 'nx',
    command: process.execPath,
    args: [join(root, 'node_modules', '.bin', 'nx'), 'run-many', '-t', 'build', '--output-style=static'],
    cwd: root,
    log: join(root, '.nx', 'build.log'),
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' },
    onTick: (seconds) => say(`still building after ${seconds} s`),
  });
  if (ok) return;
  const complaint = lines.find((line) => /\berror\b/i.test(line) && !/^>|NX\s+Ran target/.test(line.trim())) ?? lines.at(-1) ?? 'it said nothing';
  throw new Failure(recognise(lines.join('\n'), root) ?? `The build failed: ${complaint.trim()} (all of it: .nx/build.log)`);
}
