import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAptSources, renderAptSource, sourcesForSuite } from './apt-sources.mjs';
import { makeDataFolder } from './data-folder.mjs';
import { recognise } from './failure.mjs';

const prefix = '.unpacking-';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * @typedef {object} WantedPackage
 * @property {string} name
 * @property {string} cacheDir
 * @property {string | null} suite a Debian release to look in first, for programs that need nothing of the machine's; null: what fits this machine
 * @property {boolean} [dependencies] with what it needs and this machine has not (default false)
 * @property {readonly string[]} files where the program may be, within what is unpacked
 * @property {(program: string, tree: string) => string | null} accept the version if the program, in the folder of all that was unpacked, will do
 * @property {(line: string) => void} [onProgress]
 * @property {string} [aptFolder] default `/etc/apt`
 */

/**
 * Gets a program from the archive of Debian (or of a relative) without installing it and without root: apt with lists and caches of its
 * own, in a folder that is gone afterwards. apt checks the archive's signature and the packages' checksums as for any installation. It is
 * kept in `<cacheDir>/<name>_<version>`.
 * @param {WantedPackage} wanted
 * @returns {Promise<{ path: string | null, reason: string | null }>} no reason if this machine has no apt
 */
export async function unpackDebianPackage(wanted) {
  if (!hasApt()) return { path: null, reason: null };
  const sources = readAptSources(wanted.aptFolder);
  const release = debianRelease();
  const nearby = release === null || wanted.suite === null ? [] : sourcesForSuite(sources, wanted.suite, release);
  const attempts = [...nearby.map((source) => [source]), sources.filter(({ uri }) => !uri.startsWith('cdrom:'))].filter((attempt) => attempt.length > 0);
  let reason = 'apt has no package sources';
  for (const attempt of attempts) {
    wanted.onProgress?.(`getting ${wanted.name} from ${attempt === attempts.at(-1) ? "this machine's package sources" : `Debian ${wanted.suite}`}`);
    const result = await unpackFrom(attempt, wanted);
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
 * @param {WantedPackage} wanted
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
async function unpackFrom(sources, { name, cacheDir, dependencies = false, accept, files }) {
  makeDataFolder(cacheDir);
  removeAbandoned(cacheDir);
  const work = mkdtempSync(join(cacheDir, prefix));
  try {
    const config = prepare(work, sources);
    const apt = (/** @type {readonly string[]} */ step) => run('apt-get', ['-c', config, '-qq', ...step], work);
    // A machine whose packages do not agree with each other may still have all that is needed.
    const ways = [...(dependencies ? [['install', '--download-only', '--no-install-recommends', '-y', name]] : []), ['download', name]];
    let got = await apt(['update']);
    for (const way of got.status === 0 ? ways : []) {
      got = await apt(way);
      if (got.status === 0) break;
    }
    if (got.status !== 0) return { reason: recognise(got.output, cacheDir) ?? firstComplaint(got.output) };
    const archives = [work, join(work, 'cache/archives')].flatMap((folder) => readdirSync(folder).filter((entry) => entry.endsWith('.deb')).map((entry) => join(folder, entry)));
    if (archives.length === 0) return { reason: `apt downloaded nothing; is ${name} installed already?` };
    const tree = join(work, 'tree');
    for (const archive of archives) {
      if ((await run('dpkg-deb', ['-x', archive, tree], work)).status !== 0) return { reason: `${archive.split('/').at(-1)} cannot be unpacked` };
    }
    const file = files.find((path) => existsSync(join(tree, path)));
    if (file === undefined) return { reason: `the package ${name} holds no ${files[0]}` };
    const version = accept(join(tree, file), tree);
    if (version === null) return { reason: `the package ${name} is too old or does not run here` };
    return { path: keep(tree, join(cacheDir, `${name}_${version}`), file) };
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
      // Nothing is installed, so the machine's own lock is not asked for: that would need root.
      'Debug::NoLocking "true";',
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
 * @param {string} tree
 * @param {string} place
 * @param {string} file
 */
function keep(tree, place, file) {
  try {
    renameSync(tree, place);
  } catch (error) {
    // Another run was quicker: its copy is the same.
    if (!existsSync(join(place, file))) throw error;
  }
  return join(place, file);
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

/**
 * The programs of one package that were unpacked earlier.
 * @param {string} cacheDir
 * @param {Pick<WantedPackage, 'name' | 'files'>} wanted
 * @returns {string[]}
 */
export function unpackedEarlier(cacheDir, { name, files }) {
  if (!existsSync(cacheDir)) return [];
  const places = readdirSync(cacheDir).filter((entry) => entry.startsWith(`${name}_`));
  return places.flatMap((place) => files.map((file) => join(cacheDir, place, file))).filter((path) => existsSync(path));
}
