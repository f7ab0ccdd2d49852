import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { connectorsDocument } from './connectors-document.mjs';
import { inspectConnector } from './inspect-connector.mjs';
import { renderTable } from './render-table.mjs';
import { run } from './run.mjs';

const usage = 'npm run catalog:check [-- --write-docs] [--json] [--folder <connectors>]';
const documentFile = join(repositoryRoot, 'docs', 'connectors.md');

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const { folder, json, writeDocs } = options(args);
    const { reports, categories } = await inspectCatalog(folder);
    const problems = reports.flatMap((report) => report.problems.map((problem) => `${report.connector.id}: ${problem}`));
    process.stdout.write(json ? `${JSON.stringify(reports.map(inFull), null, 2)}\n` : tables(reports));
    if (folder === undefined) {
      const before = readFileSync(documentFile, 'utf8');
      const after = connectorsDocument(before, reports, categories);
      if (writeDocs) writeFileSync(documentFile, after);
      else if (after !== before) problems.push('docs/connectors.md is not up to date: npm run catalog:check -- --write-docs');
    }
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return problems.length > 0 ? 1 : 0;
  });

/** @param {readonly string[]} args */
export function options(args) {
  try {
    const flags = /** @type {const} */ ({ 'write-docs': { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, folder: { type: 'string' } });
    const { values } = parseArgs({ args: [...args], options: flags });
    if (values['write-docs'] && values.folder !== undefined) throw new Error('--write-docs is for the catalog as it comes, not for --folder');
    return { writeDocs: values['write-docs'], json: values.json, folder: values.folder };
  } catch (cause) {
    throw new Failure(`${/** @type {Error} */ (cause).message}. ${usage}`, { cause });
  }
}

/** @typedef {import('./inspect-connector.mjs').Report} Report */

/**
 * Every connector, those too that are only offered with a setting.
 * @param {string | undefined} given
 * @returns {Promise<{ reports: Report[], categories: readonly string[] }>}
 */
export async function inspectCatalog(given) {
  const { authMethodsOf, CatalogError, categories, connectorsDirectory, isIncremental, loadCatalog } = await import('@trunkline/catalog').catch((cause) => {
    throw new Failure('Trunkline is not built. Run npm ci and npm run build (npm start does both).', { cause });
  });
  const directory = given ?? connectorsDirectory;
  const settings = { sandbox_url: 'http://127.0.0.1:4400' };
  try {
    const reports = loadCatalog({ directory, settings }).list().map((connector) => inspectConnector(connector, directory, { authMethodsOf, isIncremental }));
    return { reports, categories };
  } catch (error) {
    // All of them, each with file and line.
    throw error instanceof CatalogError ? new Failure(error.problems.join('\n'), { cause: error }) : error;
  }
}

const yes = (/** @type {boolean} */ is, /** @type {string} */ word) => (is ? word : '');

/** @param {readonly Report[]} reports */
function tables(reports) {
  const connectors = reports.map(({ connector, methods, streams, describedPaths, unconfirmed, problems }) => [
    connector.id, connector.category, methods.join(' '), connector.discovered ? 'tables' : streams.length, streams.filter(({ incremental }) => incremental).length,
    streams.filter(({ deletions }) => deletions !== 'none').length, describedPaths === 0 ? '' : describedPaths, unconfirmed.length, problems.length === 0 ? '' : problems.length,
  ]);
  const streams = reports.flatMap(({ connector: { id }, streams: own }) => own.map((stream) => [
    id, stream.name, yes(stream.incremental, 'incremental'), stream.deletions === 'none' ? '' : stream.deletions, yes(stream.slices, 'slices'), stream.parent ?? '', stream.tests,
  ]));
  return [
    renderTable(['connector', 'category', 'ways to connect', 'streams', 'incremental', 'deletions', 'described paths', 'unconfirmed', 'problems'], connectors),
    '',
    renderTable(['connector', 'stream', 'reads', 'deletions', 'windows', 'for each of', 'tested by'], streams),
    '',
  ].join('\n');
}

/** @param {Report} report */
const inFull = ({ connector, ...report }) => ({ id: connector.id, category: connector.category, ...report });
