export { createTrunkline } from './create-trunkline.js';
export type { Trunkline, TrunklineKey, TrunklineOptions } from './create-trunkline.js';
export { TrunklineError } from './trunkline-error.js';
export type { components, operations, paths } from './schema.js';
