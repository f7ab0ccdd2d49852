/**
 * `npm run catalog:check [-- --write-docs] [--json]`: what the catalog can connect and read, and what a connector of it lacks.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/catalog-run.mjs').then(({ main }) => main(process.argv.slice(2)));
