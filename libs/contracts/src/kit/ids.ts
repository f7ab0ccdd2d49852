import { z } from 'zod';

/** Every id says what it names: `conn_018f…`. The tail is a UUIDv7 (RFC 9562 §5.7) without dashes, so ids sort by creation. */
export const idPrefixes = {
  platform: 'plat',
  project: 'proj',
  user: 'user',
  apiKey: 'key',
  connection: 'conn',
  credential: 'cred',
  authorization: 'auth',
  oauthApp: 'app',
  signingKey: 'skey',
  session: 'sess',
  auditEntry: 'aud',
  rotation: 'rot',
  webhook: 'hook',
  webhookMessage: 'msg',
  connectLink: 'link',
  flow: 'flow',
  sync: 'sync',
  run: 'run',
  task: 'task',
  event: 'evt',
} as const;

export type IdKind = keyof typeof idPrefixes;

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A fresh UUIDv7 as 32 hex digits. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  for (let index = 0; index < 6; index += 1) bytes[index] = Math.floor(now / 2 ** (8 * (5 - index))) & 0xff;
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes);
}

/** A fresh id of that kind, for example `conn_01932f…`. */
export const newId = (kind: IdKind): string => `${idPrefixes[kind]}_${uuidv7()}`;

/**
 * Any id of that kind as it may come from outside. Only its alphabet and length are checked: an id of the wrong kind is simply
 * not found, so that a foreign, an unknown and a mistyped id answer alike.
 */
export const id = (kind: IdKind) =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9_-]+$/, 'must contain only letters, digits, "_" and "-"')
    .describe(`Id of one ${kind}, e.g. ${idPrefixes[kind]}_…`);

export const platformId = id('platform');
export const projectId = id('project');
export const userId = id('user');
export const apiKeyId = id('apiKey');
export const connectionId = id('connection');
export const oauthAppId = id('oauthApp');
export const signingKeyId = id('signingKey');
export const rotationId = id('rotation');
export const flowId = id('flow');
export const syncId = id('sync');
export const runId = id('run');
export const taskId = id('task');

/** A connector's id in the catalog, for example `google_ads`: the references' `type`, `provider` and `pieceName`. */
export const connectorId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_]*$/, 'must be a connector id such as google_ads');

/** A stream of a connector, for example `contacts`. */
export const streamName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_]*$/, 'must be a stream name such as contacts');

/** A moment on the wire: RFC 3339, UTC. */
export const moment = z.iso.datetime();
