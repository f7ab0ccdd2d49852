import { z } from 'zod';
import { defineRpc, type ServiceName } from './kit/define.js';
import { id, moment, rotationId } from './kit/ids.js';
import { principal } from './principal.js';

/** `master`: the data keys are wrapped anew with the newest master key. `data`: tenants get a new data key and their secrets are sealed anew with it. */
export const rotationKind = z.enum(['master', 'data']);
export type RotationKind = z.output<typeof rotationKind>;

/** A rotation as one of the services that seal carries it out. `total` grows if older values turn up on the way. */
export const rotation = z.object({
  id: rotationId,
  kind: rotationKind,
  /** Whose keys: a project's or a platform's. Null: everyone's. */
  tenant: z.string().nullable(),
  status: z.enum(['running', 'done', 'failed']),
  /** Whether older data keys are destroyed once nothing is sealed with them any more. */
  destroyOld: z.boolean(),
  total: z.int().min(0),
  done: z.int().min(0),
  /** Values or keys that do not open; they stay as they are. */
  failed: z.int().min(0),
  lastError: z.string().nullable(),
  /** Id of the principal that asked for it first. */
  requestedBy: z.string(),
  started: moment,
  updated: moment,
  finished: moment.nullable(),
});
export type Rotation = z.output<typeof rotation>;

export const newRotation = z.strictObject({
  kind: rotationKind,
  /** A project's or platform's id. Left out: everyone's. */
  tenant: id('project').optional(),
  destroyOld: z.boolean().default(false),
});

/** The same for each service that seals: every schema has its own data keys, and so its own rotations. */
const rotationsOf = <Noun extends string>(noun: Noun, server: ServiceName) => {
  const service = { server, callers: ['gateway'] } as const;
  return {
    /** A rotation of that kind and tenant that is running is joined, not doubled. */
    start: defineRpc(`rpc.${noun}.start`, { ...service, request: z.object({ principal, rotation: newRotation }), reply: rotation, errors: ['AUTHORIZATION', 'VALIDATION'] }),
    get: defineRpc(`rpc.${noun}.get`, { ...service, request: z.object({ principal, id: rotationId }), reply: rotation, errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'] }),
    /** The latest fifty, newest first. */
    list: defineRpc(`rpc.${noun}.list`, { ...service, request: z.object({ principal }), reply: z.object({ rotations: z.array(rotation) }), errors: ['AUTHORIZATION'] }),
  };
};

/** Of whichever service. */
export type RotationContracts = ReturnType<typeof rotationsOf<string>>;

export const credentialRotations = rotationsOf('credential_rotations', 'token-refresher');
export const clientSecretRotations = rotationsOf('client_secret_rotations', 'oauth-broker');
/** The secrets that webhooks are signed with. */
export const webhookSecretRotations = rotationsOf('webhook_secret_rotations', 'connector-registry');
