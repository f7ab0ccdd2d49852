/**
 * `npm run rotate -- master|data [--tenant id] [--destroy-old] [--watch]`: rotates the master key or data keys of a running installation.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/rotate-run.mjs').then(({ main }) => main(process.argv.slice(2)));
