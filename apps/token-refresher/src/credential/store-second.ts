import type { EntityManager } from 'typeorm';
import type { RevocationQueue, Revocable } from '../revocation/revocation-queue.js';
import { destroyRow } from './destroy-row.js';
import { secondTokenId } from './token-id.js';
import { updated } from './updated-rows.js';
import { writeCredential, type NewCredential } from './write-credential.js';

/** A further token of a consent, sealed, on its way into its own row. */
export interface NewSecond extends Pick<NewCredential, 'sealed' | 'tokenType' | 'scopes' | 'refreshable' | 'schedule' | 'refreshExpiresInSeconds'> {
  readonly name: string;
}

/** What a consent says of a connection's further tokens. */
export interface FurtherTokens {
  readonly second: NewSecond | null;
  /** Whether a former one can be ended at the provider without ending the first with it. */
  readonly endAlone: boolean;
}

type LockedToken = Revocable & { readonly tokenName: string };

/** Who may use it, and whether anybody may, is the connection's to say. */
const follow = `
  UPDATE tokens.credential AS second SET
    owner_id = base.owner_id, project_ids = base.project_ids, configured_version = base.configured_version,
    status = CASE WHEN base.status = 'disabled' THEN 'disabled' ELSE 'usable' END,
    status_when_enabled = CASE WHEN base.status = 'disabled' THEN 'usable' END
  FROM tokens.credential AS base WHERE second.connection_id = $1 AND base.connection_id = $2 RETURNING second.connection_id`;

const lockAll = `
  SELECT connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, inputs, allowed_origins AS "allowedOrigins",
    oauth_app_id AS "oauthAppId", sealed, token_name AS "tokenName"
  FROM tokens.credential WHERE base_connection_id = $1 AND deleted_at IS NULL ORDER BY connection_id FOR UPDATE`;

/** Under the lock of its connection, whose own row was written before. */
export async function storeSecond(tx: EntityManager, base: NewCredential, second: NewSecond): Promise<void> {
  const connectionId = secondTokenId(base.connectionId, second.name);
  const { sealed, tokenType, scopes, refreshable, schedule, refreshExpiresInSeconds } = second;
  const value = { ...base, connectionId, tokenName: second.name, sealed, tokenType, scopes, refreshable, schedule, refreshExpiresInSeconds, account: { id: null, name: null }, allowOtherAccount: true };
  const row = await writeCredential(tx, value);
  if (row === undefined) throw new Error(`The token "${second.name}" of ${base.connectionId} could not be stored although its connection was`);
  await updated(tx, follow, [connectionId, base.connectionId]);
}

export const lockOtherTokens = async (tx: EntityManager, connectionId: string): Promise<LockedToken[]> => (await tx.query(lockAll, [connectionId])) as LockedToken[];

/** Destroys what a later consent did not give again. */
export async function dropOtherTokens(tx: EntityManager, connectionId: string, { second, endAlone }: FurtherTokens, revocations: RevocationQueue): Promise<void> {
  for (const token of await lockOtherTokens(tx, connectionId)) {
    if (token.tokenName === second?.name) continue;
    await destroyRow(tx, token.connectionId);
    if (endAlone) await revocations.addDeleted(tx, token, { announced: false });
  }
}
