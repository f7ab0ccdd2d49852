/**
 * `npm start`: installs, builds, starts PostgreSQL, NATS and all services, and shows that it works. `--help` tells more.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./start/main.mjs').then(({ main }) => main(process.argv.slice(2)));
