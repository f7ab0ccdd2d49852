/**
 * `npm run sink -- rebuild [--only-stream]`: builds the warehouse's rows anew from the record stream.
 * `npm run sink -- user <name>`: prints a NATS user for a consumer of your own.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/sink-run.mjs').then(({ main }) => main(process.argv.slice(2)));
