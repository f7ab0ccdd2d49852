/**
 * `npm run chaos -- [--runs 100] [--seed 1]`: so many syncs while processes, NATS and PostgreSQL are killed at random; afterwards the warehouse
 * must be exactly the source. The same seed does the same harm.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/chaos-run.mjs').then(({ main }) => main(process.argv.slice(2)));
