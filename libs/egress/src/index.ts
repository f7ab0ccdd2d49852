export { createEgress } from './egress.js';
export { egressFrom } from './egress-from.js';
export type { EgressConfig } from './egress-from.js';
export { EgressError } from './egress-error.js';
export type { EgressErrorCode } from './egress-error.js';
export type { Egress, EgressOptions, EgressRequest, EgressResponse } from './options.js';
export { osLookup, resolverLookup } from './lookup.js';
export type { Lookup, LookupAnswer } from './lookup.js';
