/** Files that are made from the code. \`--check\` fails, naming them, if any is not up to date; otherwise they are written. */
import { readFile, writeFile } from 'node:fs/promises';
import { apiDocument, apiTypes } from './api.mjs';
import { asyncApi } from './asyncapi.mjs';
import { configurationDocument } from './configuration.mjs';
import { natsConfig } from './nats-config.mjs';

const root = new URL('../../', import.meta.url);
const files = {
  'docs/configuration.md': configurationDocument(),
  'docs/asyncapi.json': asyncApi(),
  'deploy/nats.conf': natsConfig(),
  'libs/client/openapi.json': apiDocument(),
  'libs/client/src/schema.ts': await apiTypes(),
};
const check = process.argv.includes('--check');

const stale = [];
for (const [path, content] of Object.entries(files)) {
  const present = await readFile(new URL(path, root), 'utf8').catch(() => '');
  if (present === content) continue;
  if (check) stale.push(path);
  else await writeFile(new URL(path, root), content);
}
if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run \`npm run generate\` and commit.\n`);
  process.exit(1);
}
process.stdout.write(`${Object.keys(files).join(', ')}: ${check ? 'up to date' : 'written'}\n`);
