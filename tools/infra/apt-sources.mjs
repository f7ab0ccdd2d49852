import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One place apt gets packages from.
 * @typedef {object} AptSource
 * @property {string} uri
 * @property {readonly string[]} suites
 * @property {readonly string[]} components
 * @property {string | null} signedBy a path, fingerprints or a whole key, as it stands in the file
 * @property {string | null} checkValidUntil
 */

/**
 * The package sources this machine is set up with, in both of apt's formats.
 * @param {string} [folder] default `/etc/apt`
 * @returns {AptSource[]}
 */
export function readAptSources(folder = '/etc/apt') {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list'), ...(existsSync(parts) ? readdirSync(parts).sort().map((name) => join(parts, name)) : [])];
  return files.flatMap((file) => {
    if (!existsSync(file) || !/\.(list|sources)$/.test(file)) return [];
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.list') ? parseOneLineSources(text) : parseDeb822Sources(text);
  });
}

/**
 * `deb [signed-by=… check-valid-until=no] uri suite component…`
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseOneLineSources(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const options = Object.fromEntries((match[1] ?? '').trim().split(/\s+/).map((option) => option.split('=', 2)));
    const components = (match[4] ?? '').trim().split(/\s+/).filter((component) => component !== '');
    return [{ uri: match[2] ?? '', suites: [match[3] ?? ''], components, signedBy: options['signed-by'] ?? null, checkValidUntil: options['check-valid-until'] ?? null }];
  });
}

/**
 * Paragraphs of `Field: value`, continued by indented lines.
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseDeb822Sources(text) {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = readFields(paragraph);
    const words = (/** @type {string} */ name) => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb') || /^(no|false|off|0)$/i.test(fields.get('enabled') ?? '')) return [];
    return words('uris').map((uri) => ({
      uri,
      suites: words('suites'),
      components: words('components'),
      signedBy: fields.get('signed-by') ?? null,
      checkValidUntil: fields.get('check-valid-until') ?? null,
    }));
  });
}

/**
 * @param {string} paragraph
 * @returns {Map<string, string>} by name in lower case; continuation lines keep their line breaks
 */
function readFields(paragraph) {
  const fields = new Map();
  let last = '';
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match !== null) {
      last = (match[1] ?? '').toLowerCase();
      fields.set(last, (match[2] ?? '').trim());
    } else if (/^\s/.test(line) && last !== '') fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}

/**
 * Where to look for a Debian suite, given what the machine uses: the same mirror (or dated snapshot) of the main archive, then the
 * same server with the archive's usual layout. No server's name is known here: it always comes from the machine.
 * @param {readonly AptSource[]} sources
 * @param {string} suite such as `trixie`
 * @param {string} release this machine's own, such as `bookworm`
 * @returns {AptSource[]}
 */
export function sourcesForSuite(sources, suite, release) {
  const names = new Set([release, 'oldstable', 'stable', 'testing', 'unstable', 'sid']);
  const main = sources.filter(({ uri, suites, components }) => components.includes('main') && suites.some((name) => names.has(name)) && !uri.startsWith('cdrom:'));
  const same = main.map((source) => ({ ...source, suites: [suite], components: ['main'], checkValidUntil: source.checkValidUntil ?? (isSnapshot(source.uri) ? 'no' : null) }));
  const usual = main.filter(({ uri }) => /^https?:/.test(uri)).map((source) => ({ ...source, uri: new URL('/debian', source.uri).href, suites: [suite], components: ['main'] }));
  const seen = new Set();
  return [...same, ...usual].filter(({ uri }) => {
    const key = uri.replace(/\/$/, '');
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * A snapshot's index says when it was valid, which is over by intention.
 * @param {string} uri
 */
const isSnapshot = (uri) => /\/\d{8}T\d{6}Z/.test(uri);

/**
 * @param {AptSource} source
 * @param {string | null} defaultKeyring used where the machine's own entry names none
 * @returns {string} as apt's deb822 format
 */
export function renderAptSource({ uri, suites, components, signedBy, checkValidUntil }, defaultKeyring) {
  const key = signedBy ?? defaultKeyring;
  return [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${suites.join(' ')}`,
    `Components: ${components.join(' ')}`,
    ...(key === null ? [] : [`Signed-By: ${key}`]),
    ...(checkValidUntil === null ? [] : [`Check-Valid-Until: ${checkValidUntil}`]),
    '',
  ].join('\n');
}
