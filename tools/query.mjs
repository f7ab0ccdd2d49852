/**
 * `npm run query -- "select …" [--json]`: asks the database DATABASE_URL names, else the one of a running `npm start`; reads only.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/query-run.mjs').then(({ main }) => main(process.argv.slice(2)));
