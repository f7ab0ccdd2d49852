import { z } from 'zod';
import { connectorId } from '@trunkline/contracts';

const seconds = z.number().min(0).max(1e10);
const name = z.string().min(1).max(256);

/** A token set that could not be stored yet: what is needed to store it, or to end it at the provider. Nothing of it is secret but what is sealed. */
export const spooledToken = z.strictObject({
  format: z.literal(1),
  intentId: z.string().regex(/^[0-9a-f-]{32,36}$/),
  connectionId: name,
  platformId: name,
  projectId: name.nullable(),
  connector: connectorId,
  inputs: z.record(z.string().max(128), z.string().max(8_192)),
  allowedOrigins: z.array(z.string().max(2_048)).max(1_000),
  oauthAppId: name.nullable(),
  type: z.enum(['OAUTH2', 'JWT_BEARER']),
  /** Base64. */
  sealed: z.string().min(1).max(1_048_576),
  tokenType: z.string().max(64),
  scopes: z.array(z.string().max(4_096)).max(10_000),
  lifetimeSeconds: seconds.nullable(),
  dueInSeconds: seconds.nullable(),
  refreshExpiresInSeconds: seconds.nullable(),
  suspectTokenDigest: z.string().length(64).nullable(),
  /** How old it was when it was received. */
  ageSeconds: seconds,
  /** By this machine's clock: the only one at hand while the database is away. */
  receivedAt: z.iso.datetime(),
});
export type SpooledToken = z.output<typeof spooledToken>;

/** Nobody's outage lasts longer; a clock that was set wrong between writing and reading must not reach the database. */
const longestWaitSeconds = 366 * 86_400;

/**
 * How old a spooled token is now, in seconds. A clock that was set back in between makes it no younger than it was; one that was set
 * forward makes it too old, which costs a refresh and nothing else.
 */
export function ageNow({ ageSeconds, receivedAt }: Pick<SpooledToken, 'ageSeconds' | 'receivedAt'>, now: number): number {
  const waited = (now - Date.parse(receivedAt)) / 1_000;
  return ageSeconds + Math.min(longestWaitSeconds, Math.max(0, waited));
}
