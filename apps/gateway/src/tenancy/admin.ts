import type { Access } from '../http/endpoint.js';

/** Of what (installation, platform or project) is for the registry to say. */
export const admin = { kind: 'key', scope: 'admin' } as const satisfies Access;
