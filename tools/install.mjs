/**
 * `node tools/install.mjs`: brings `node_modules` into line with package-lock.json, if it is not.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/install-run.mjs').then(({ main }) => main());
