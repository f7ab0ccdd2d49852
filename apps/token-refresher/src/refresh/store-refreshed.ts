import type { EntityManager } from 'typeorm';
import type { StatusReason } from '@trunkline/contracts';
import { rowsIn, type Statement } from '@trunkline/persistence';
import type { LeasedCredential } from './refresh-lease.js';
import { intentDone, settled } from './settled-columns.js';
import type { NewValue } from './settle-refresh.js';

/** A token set and the lease it was got under. */
export interface Refreshed {
  readonly lease: LeasedCredential;
  readonly value: NewValue;
}

export interface StoredRow {
  readonly intentId: string;
  /** As it is told. */
  readonly version: number;
  /** Why a further token of the connection is broken; null: none is. */
  readonly secondBroken: StatusReason | null;
  readonly expiresAt: Date | null;
  /** Whether this success is to be told as a call. */
  readonly tell: boolean;
}

/** `now()` is the same all through a transaction, so what is returned tells whether this one set it. */
const tellSuccess = `success_told_at = CASE WHEN c.success_told_at > now() - interval '1 minute' THEN c.success_told_at ELSE now() END`;
/** Whoever was given a new token works, whatever was said of it before; what a person disabled stays so. */
const works = `status = CASE c.status WHEN 'broken' THEN 'usable' ELSE c.status END,
  status_when_enabled = CASE c.status_when_enabled WHEN 'broken' THEN 'usable' ELSE c.status_when_enabled END, broken_at = NULL, probed_at = NULL`;

/** Each row is held against its own fence and its own intent; what does not fit is left alone and not returned. */
const store: Statement = {
  name: 'credential_store_refreshed',
  text: `
    UPDATE tokens.credential AS c SET
      sealed = n.sealed, token_type = n.token_type, scopes = n.scopes::text[],
      access_lifetime_seconds = n.lifetime,
      access_expires_at = clock_timestamp() + make_interval(secs => n.lifetime - n.age),
      refresh_due_at = clock_timestamp() + make_interval(secs => n.due_in - n.age),
      refresh_expires_at = coalesce(clock_timestamp() + make_interval(secs => n.refresh_lifetime - n.age), c.refresh_expires_at),
      refresh_lifetime_seconds = coalesce(n.refresh_lifetime, c.refresh_lifetime_seconds),
      ${works}, version = c.version + 1, status_reason = NULL, failures = 0, next_attempt_at = NULL, last_error_code = NULL,
      refused_token_digest = NULL, refused_at = NULL, suspect_token_digest = n.suspect,
      settled_intent_id = n.intent, last_refreshed_at = clock_timestamp(), ${tellSuccess}, ${intentDone}, ${settled}
    FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::float8[], $9::text[], $10::text[], $11::float8[])
      AS n(id, fence, sealed, token_type, scopes, lifetime, due_in, age, suspect, intent, refresh_lifetime)
    WHERE c.connection_id = n.id AND c.lease_fence = n.fence AND c.deleted_at IS NULL AND c.settled_intent_id IS DISTINCT FROM n.intent
    RETURNING n.intent AS "intentId", (c.version + c.second_told)::float8 AS version, c.second_broken AS "secondBroken", c.access_expires_at AS "expiresAt", c.success_told_at = now() AS tell`,
};

/** Stores what may be stored of these, by one statement. */
export function storeRefreshed(tx: EntityManager, all: readonly Refreshed[]): Promise<StoredRow[]> {
  // Always in the same order, so that no two transactions wait for each other.
  const rows = [...all].sort((a, b) => (a.lease.connectionId < b.lease.connectionId ? -1 : 1));
  const column = <Value>(of: (row: Refreshed) => Value): Value[] => rows.map(of);
  return rowsIn<StoredRow>(tx, store, [
    column(({ lease }) => lease.connectionId),
    column(({ lease }) => lease.fence),
    column(({ value }) => value.sealed),
    column(({ value }) => value.tokenType),
    column(({ value }) => arrayLiteral(value.scopes)),
    column(({ value }) => value.schedule.lifetimeSeconds),
    column(({ value }) => value.schedule.dueInSeconds),
    column(({ value }) => value.ageSeconds()),
    column(({ value }) => value.suspectTokenDigest),
    column(({ value }) => value.intentId),
    column(({ value }) => value.refreshExpiresInSeconds),
  ]);
}

/** Lists of different lengths make no array of arrays: each travels as the text of one. */
const arrayLiteral = (values: readonly string[]): string => `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
