/**
 * `npm run migrate`: brings the database DATABASE_URL names (else the one of a running `npm start`) to the newest version.
 */
import { supportedNode } from './setup/supported-node.mjs';

if (supportedNode()) import('./runs/migrate-run.mjs').then(({ main }) => main());
