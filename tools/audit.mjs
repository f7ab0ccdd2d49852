/**
 * `npm run audit:verify [-- --platform plat_…]`: walks the hash chain of the audit log of a running installation.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/audit-run.mjs').then(({ main }) => main(process.argv.slice(2)));
