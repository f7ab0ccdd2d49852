/**
 * `npm run bench -- [names…]`: runs `benchmarks/<name>.bench.mjs`, all of them without names, one after another, against a PostgreSQL and a
 * nats-server of their own.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/bench-run.mjs').then(({ main }) => main(process.argv.slice(2)));
