/**
 * `npm run dead -- list|show|replay [--id 12] [--subject "rec.>"] [--all] [--json]`: the messages that could not be handled.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/dead-run.mjs').then(({ main }) => main(process.argv.slice(2)));
