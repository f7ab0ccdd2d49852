import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../infra/repository-root.mjs';

/**
 * @typedef {{ name: string, title: string, protocol?: string, scopes: readonly string[], deletedWhen?: unknown, deletion?: unknown, slices?: unknown, parent?: { stream: string } }} Stream
 * @typedef {{ name: string, required: boolean, default?: string, filledBy: string }} Input
 * @typedef {{ id: string, name: string, category: string, aliases: readonly string[], availableWhen?: string, discovered: boolean, inputs: readonly Input[], streams: ReadonlyMap<string, Stream>, auth: { OAUTH2?: { scopes: readonly string[] } } }} Connector
 * @typedef {{ name: string, title: string, incremental: boolean, deletions: 'told' | 'absence' | 'both' | 'none', slices: boolean, parent: string | null, tests: string }} StreamReport
 * @typedef {{ connector: Connector, methods: string[], streams: StreamReport[], describedPaths: number, unconfirmed: string[], problems: string[] }} Report
 * @typedef {{ authMethodsOf(connector: any): string[], isIncremental(stream: any): boolean }} Rules what the catalog knows of its own
 */

const notStreams = new Set(['verification.json', 'tokens.json', 'api-description.json']);
const readerTests = join(repositoryRoot, 'libs', 'connector-kit', 'test');

/** @param {string} file */
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/**
 * What a connector is, can and lacks.
 * @param {Connector} connector
 * @param {string} directory where the connectors' folders are
 * @param {Rules} rules
 * @returns {Report}
 */
export function inspectConnector(connector, directory, rules) {
  const folder = join(directory, connector.id);
  const fixtures = existsSync(join(folder, 'fixtures')) ? readdirSync(join(folder, 'fixtures')).filter((name) => name.endsWith('.json')) : [];
  const readme = textOf(join(folder, 'README.md'));
  const streams = [...connector.streams.values()].map((stream) => inspectStream(stream, folder, rules));
  const tests = connector.discovered ? testsOfTables(connector.id) : [];
  return {
    connector,
    methods: rules.authMethodsOf(connector),
    streams,
    describedPaths: countPaths(textOf(join(folder, 'fixtures', 'api-description.json'))),
    unconfirmed: unconfirmedIn(readme ?? ''),
    problems: [
      ...(streams.length > 0 || connector.discovered ? [] : ['reads nothing: it has no file in streams/, and its streams are not discovered']),
      ...(connector.discovered && tests.length === 0 ? [`no test in libs/connector-kit/test/read-* reads its tables (loadCatalog().get('${connector.id}'))`] : []),
      ...(fixtures.includes('verification.json') ? [] : ['has no fixtures/verification.json']),
      ...streams.filter(({ tests: exercised }) => exercised === '').map(({ name }) => `the stream ${name} has no fixture with a pass: write fixtures/${name}.json`),
      ...fixtures.filter((name) => !notStreams.has(name) && !connector.streams.has(name.slice(0, -'.json'.length))).map((name) => `fixtures/${name} is of no stream`),
      ...problemsOfLogo(textOf(join(folder, 'logo.svg'))),
      ...problemsOfReadme(readme, connector),
      ...problemsOfScopes(connector, readme ?? ''),
    ],
  };
}

/**
 * @param {Stream} stream
 * @param {string} folder
 * @param {Rules} rules
 * @returns {StreamReport}
 */
function inspectStream(stream, folder, { isIncremental }) {
  const told = stream.deletedWhen !== undefined;
  const absence = stream.deletion !== undefined;
  return {
    name: stream.name,
    title: stream.title,
    incremental: isIncremental(stream),
    deletions: told && absence ? 'both' : told ? 'told' : absence ? 'absence' : 'none',
    slices: stream.slices !== undefined,
    parent: stream.parent?.stream ?? null,
    tests: passesOf(textOf(join(folder, 'fixtures', `${stream.name}.json`))),
  };
}

/** How much a stream's fixtures play, in words; empty if nothing. @param {string | null} text */
function passesOf(text) {
  if (text === null) return '';
  /** @type {{ passes?: { exchanges?: unknown[], files?: Record<string, unknown> }[] }[]} */
  const fixtures = [JSON.parse(text)].flat();
  const passes = fixtures.flatMap((fixture) => fixture.passes ?? []).filter(({ exchanges = [], files = {} }) => exchanges.length > 0 || Object.keys(files).length > 0);
  const exchanges = passes.reduce((sum, pass) => sum + (pass.exchanges?.length ?? 0), 0);
  const files = new Set(passes.flatMap((pass) => Object.keys(pass.files ?? {}))).size;
  const count = (/** @type {number} */ number, /** @type {string} */ one, /** @type {string} */ many) => `${number} ${number === 1 ? one : many}`;
  return passes.length === 0 ? '' : `${count(passes.length, 'pass', 'passes')}, ${files > 0 ? count(files, 'file', 'files') : count(exchanges, 'exchange', 'exchanges')}`;
}

/** Databases are played by no fixtures: their readers' tests ask a server. @param {string} id */
const testsOfTables = (id) => readdirSync(readerTests).filter((name) => /^read-.*spec\.ts$/.test(name) && readFileSync(join(readerTests, name), 'utf8').includes(`.get('${id}')`));

/** @param {string | null} text */
function countPaths(text) {
  /** @type {{ paths: object }[]} */
  const documents = text === null ? [] : JSON.parse(text);
  return documents.reduce((sum, { paths }) => sum + Object.keys(paths).length, 0);
}

/** The list under "Not confirmed". @param {string} readme */
export function unconfirmedIn(readme) {
  const section = /^## Not confirmed\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(readme)?.[1] ?? '';
  return section.split(/^- /m).slice(1).map((item) => item.replaceAll(/\s+/g, ' ').trim()).filter((item) => !item.startsWith('Nothing:'));
}

/** @param {string | null} logo */
function problemsOfLogo(logo) {
  if (logo === null) return ['has no logo.svg'];
  return /^<svg [^>]*viewBox=/.test(logo) ? [] : ['logo.svg does not begin with <svg … viewBox=…>'];
}

/**
 * @param {string | null} readme
 * @param {Connector} connector
 */
function problemsOfReadme(readme, { streams, availableWhen, discovered }) {
  if (readme === null) return ['has no README.md'];
  const unnamed = [...streams.keys()].filter((name) => !readme.includes(`\`${name}\``));
  return [
    ...(/^# \S/.test(readme) ? [] : ['README.md does not begin with the name as its heading']),
    ...(/^\| (?:stream|Streams) \|/im.test(readme) ? [] : ['README.md has no table of the streams']),
    ...unnamed.map((name) => `README.md does not name the stream ${name}`),
    ...(discovered && !/\btables?\b/.test(readme) ? ['README.md does not say that its tables are the streams'] : []),
    // The sandbox is our own: there is nothing to look up.
    ...(availableWhen !== undefined || /^## Not confirmed$/m.test(readme) ? [] : ['README.md has no section "## Not confirmed"']),
  ];
}

/**
 * @param {Connector} connector
 * @param {string} readme
 */
function problemsOfScopes({ auth: { OAUTH2: oauth }, streams }, readme) {
  if (oauth === undefined || oauth.scopes.length > 0 || /\bno scopes?\b/i.test(readme)) return [];
  const without = [...streams.values()].filter(({ scopes }) => scopes.length === 0).map(({ name }) => name);
  return without.length === 0 ? [] : [`asks for no scopes by OAuth, and neither do ${without.join(', ')}; if the provider has none, README.md must say "no scopes"`];
}
