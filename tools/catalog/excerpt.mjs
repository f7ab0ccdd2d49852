/**
 * Takes from a vendor's API description what a connector's fixtures ask for, and puts it beside them:
 * `node tools/catalog/excerpt.mjs <connector> <file.json|file.yaml> …`
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { excerpt, templateFor } from './api-description.mjs';

const [connector = '', ...files] = process.argv.slice(2);
const folder = join(repositoryRoot, 'libs', 'catalog', 'connectors', connector, 'fixtures');
const requests = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !['tokens.json', 'api-description.json'].includes(name))
  .flatMap((name) => [JSON.parse(readFileSync(join(folder, name), 'utf8'))].flat())
  .flatMap((/** @type {any} */ fixture) => [...(fixture.passes ?? []), fixture].flatMap(({ exchanges = [] }) => exchanges.map((/** @type {any} */ exchange) => exchange.request)));

const excerpts = files.flatMap((file) => {
  const description = parse(readFileSync(file, 'utf8'));
  const operations = requests.flatMap(({ method, url }) => {
    const template = templateFor(description, method, url);
    return template === null ? [] : [{ method, template }];
  });
  return operations.length === 0 ? [] : [excerpt(description, operations)];
});
writeFileSync(join(folder, 'api-description.json'), `${JSON.stringify(excerpts, null, 1)}\n`);
process.stdout.write(`${connector}: ${excerpts.reduce((sum, { paths }) => sum + Object.keys(paths).length, 0)} paths of ${excerpts.length} documents\n`);
