import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAptSources, renderAptSource, sourcesForSuite } from './apt-sources.mjs';
import { makeDataFolder } from './data-folder.mjs';
import { recognise } from './failure.mjs';

/** The first Debian release whose nats-server is new enough; its package runs on the release before it as well. */
const suite = 'trixie';
const prefix = '.unpacking-';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Gets nats-server from Debian's archive without installing it and without root: apt with lists and caches of its own, in a folder that
 * is gone afterwards. apt checks the archive's signature and the package's checksum as for any installation.
 * @param {{ cacheDir: string, accept: (binary: string) => string | null, onProgress?: (line: string) => void, aptFolder?: string }} options
 *   `accept` answers with the version if the binary will do
 * @returns {Promise<{ path: string | null, reason: string | null }>} no reason if this machine has no apt
 */
export async function unpackDebianNats({ cacheDir, accept, onProgress, aptFolder }) {
  if (!hasApt()) return { path: null, reason: null };
  const sources = readAptSources(aptFolder);
  const release = debianRelease();
  const nearby = release === null ? [] : sourcesForSuite(sources, suite, release);
  const attempts = [...nearby.map((source) => [source]), sources.filter(({ uri }) => !uri.startsWith('cdrom:'))].filter((attempt) => attempt.length > 0);
  let reason = 'apt has no package sources';
  for (const attempt of attempts) {
    onProgress?.(`getting nats-server from ${attempt === attempts.at(-1) ? "this machine's package sources" : `Debian ${suite}`}`);
    const result = await unpackFrom(attempt, cacheDir, accept);
    if ('path' in result) return { path: result.path, reason: null };
    reason = result.reason;
  }
  return { path: null, reason };
}

function hasApt() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0 && spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** @returns {string | null} such as `bookworm`; null if this is not Debian */
function debianRelease() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=["']?debian["']?$/m.test(text)) return null;
  return /^VERSION_CODENAME=["']?(\w+)/m.exec(text)?.[1] ?? 'testing';
}

/**
 * @param {readonly import('./apt-sources.mjs').AptSource[]} sources
 * @param {string} cacheDir
 * @param {(binary: string) => string | null} accept
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
async function unpackFrom(sources, cacheDir, accept) {
  makeDataFolder(cacheDir);
  removeAbandoned(cacheDir);
  const work = mkdtempSync(join(cacheDir, prefix));
  try {
    const config = prepare(work, sources);
    for (const step of [['update'], ['download', 'nats-server']]) {
      const { status, output } = await run('apt-get', ['-c', config, '-qq', ...step], work);
      if (status !== 0) return { reason: recognise(output, cacheDir) ?? firstComplaint(output) };
    }
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (archive === undefined) return { reason: 'apt downloaded nothing' };
    const tree = join(work, 'tree');
    const unpacked = await run('dpkg-deb', ['-x', join(work, archive), tree], work);
    const binary = ['usr/sbin', 'usr/bin'].map((folder) => join(tree, folder, 'nats-server')).find((path) => existsSync(path));
    if (unpacked.status !== 0 || binary === undefined) return { reason: 'the package holds no nats-server' };
    const version = accept(binary);
    if (version === null) return { reason: `${archive.split('_')[1] ?? 'the package'} is too old or does not run here` };
    return { path: keep(binary, version, work, cacheDir) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * What runs that were killed have left: tens of megabytes each.
 * @param {string} cacheDir
 */
function removeAbandoned(cacheDir) {
  for (const name of readdirSync(cacheDir).filter((entry) => entry.startsWith(prefix))) {
    const path = join(cacheDir, name);
    if (Date.now() - statSync(path).mtimeMs > 60 * 60_000) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * @param {string} work
 * @param {readonly import('./apt-sources.mjs').AptSource[]} sources
 * @returns {string} apt's configuration, read after the machine's own (proxies and credentials stay in force)
 */
function prepare(work, sources) {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'none']) mkdirSync(join(work, folder), { recursive: true });
  const list = join(work, 'private.sources');
  writeFileSync(list, sources.map((source) => renderAptSource(source, existsSync(keyring) ? keyring : null)).join('\n'));
  const config = join(work, 'apt.conf');
  writeFileSync(
    config,
    [
      `Dir::State::lists "${join(work, 'lists')}";`,
      `Dir::Cache "${join(work, 'cache')}";`,
      `Dir::Cache::archives "${join(work, 'cache/archives')}";`,
      `Dir::Etc::sourcelist "${list}";`,
      `Dir::Etc::sourceparts "${join(work, 'none')}";`,
      'Dir::Etc::preferences "/dev/null";',
      `Dir::Etc::preferencesparts "${join(work, 'none')}";`,
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      'Acquire::AllowInsecureRepositories "false";',
      'APT::Get::AllowUnauthenticated "false";',
      'APT::Update::Error-Mode "any";',
      // The folder is ours alone; apt's download account could not write there.
      'APT::Sandbox::User "root";',
      // Hooks that clean or index the machine's own lists and caches have no business here.
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '',
    ].join('\n'),
  );
  return config;
}

/**
 * @param {string} binary
 * @param {string} version
 * @param {string} work
 * @param {string} cacheDir
 */
function keep(binary, version, work, cacheDir) {
  const place = join(cacheDir, `nats-server-${version}`);
  const draft = join(work, 'kept');
  mkdirSync(draft, { mode: 0o755 });
  copyFileSync(binary, join(draft, 'nats-server'));
  chmodSync(join(draft, 'nats-server'), 0o755);
  try {
    renameSync(draft, place);
  } catch (error) {
    // Another run was quicker: its copy is the same.
    if (!existsSync(join(place, 'nats-server'))) throw error;
  }
  return join(place, 'nats-server');
}

/** @param {string} output */
function firstComplaint(output) {
  const line = output.split('\n').find((text) => /^(E|Err|W):/.test(text)) ?? output.trim().split('\n')[0] ?? '';
  return line.replace(/^(E|Err|W):\s*/, '') || 'apt failed';
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function run(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ status: null, output: error.message }));
    child.once('close', (status) => resolve({ status, output }));
  });
}
