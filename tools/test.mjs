/**
 * `npm test`: all tests of all projects, against a PostgreSQL and a nats-server of their own. `--e2e`: only the end-to-end tests.
 * Anything else is a pattern for the names of test files.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/test-run.mjs').then(({ main }) => main(process.argv.slice(2)));
