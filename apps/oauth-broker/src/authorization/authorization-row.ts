import type { EntityManager } from 'typeorm';
import { walkMinutes, type Authorization } from './authorization.js';

interface Row {
  id: string;
  connection_id: string;
  platform_id: string;
  project_id: string | null;
  project_ids: string[];
  owner_id: string | null;
  principal_kind: Authorization['principalKind'];
  principal_id: string;
  principal_user_id: string | null;
  connector: string;
  inputs: Record<string, string>;
  callback: Authorization['callback'];
  type: Authorization['type'];
  reconnect: boolean;
  allow_other_account: boolean;
  oauth_app_id: string;
  client_id: string;
  redirect_uri: string;
  scopes: string[];
  return_url: string | null;
  browser_binding_hash: Buffer;
  sealed_code_verifier: Buffer | null;
  expected_issuer: string | null;
  issuer_required: boolean;
  endpoints_digest: Buffer | null;
  connect_link: Authorization['connectLink'];
}

const toAuthorization = (row: Row): Authorization => ({
  id: row.id,
  connectionId: row.connection_id,
  platformId: row.platform_id,
  projectId: row.project_id,
  projectIds: row.project_ids,
  ownerId: row.owner_id,
  principalKind: row.principal_kind,
  principalId: row.principal_id,
  principalUserId: row.principal_user_id,
  connector: row.connector,
  inputs: row.inputs,
  callback: row.callback,
  type: row.type,
  reconnect: row.reconnect,
  allowOtherAccount: row.allow_other_account,
  oauthAppId: row.oauth_app_id,
  clientId: row.client_id,
  redirectUri: row.redirect_uri,
  scopes: row.scopes,
  returnUrl: row.return_url,
  browserBindingHash: row.browser_binding_hash,
  sealedCodeVerifier: row.sealed_code_verifier,
  expectedIssuer: row.expected_issuer,
  issuerRequired: row.issuer_required,
  endpointsDigest: row.endpoints_digest,
  connectLink: row.connect_link,
});

/** The walk is under way from here on, for ten minutes by the database's clock. */
export async function insertAuthorization(tx: EntityManager, stateHash: Buffer, walk: Authorization): Promise<Date> {
  const rows: { expires_at: Date }[] = await tx.query(
    `INSERT INTO oauth."authorization" (
       state_hash, id, connection_id, platform_id, project_id, owner_id, principal_kind, principal_id, connector, inputs, callback, oauth_app_id,
       client_id, redirect_uri, scopes, return_url, browser_binding_hash, sealed_code_verifier, expected_issuer, project_ids,
       principal_user_id, type, reconnect, allow_other_account, connect_link, issuer_required, endpoints_digest, expires_at
     ) VALUES (
       $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
       now() + make_interval(mins => $28))
     RETURNING expires_at`,
    [
      stateHash, walk.id, walk.connectionId, walk.platformId, walk.projectId, walk.ownerId, walk.principalKind, walk.principalId, walk.connector,
      JSON.stringify(walk.inputs), walk.callback, walk.oauthAppId, walk.clientId, walk.redirectUri, walk.scopes, walk.returnUrl, walk.browserBindingHash,
      walk.sealedCodeVerifier, walk.expectedIssuer, walk.projectIds, walk.principalUserId, walk.type, walk.reconnect, walk.allowOtherAccount,
      walk.connectLink === null ? null : JSON.stringify(walk.connectLink), walk.issuerRequired, walk.endpointsDigest, walkMinutes,
    ],
  );
  return rows[0]!.expires_at;
}

/**
 * Uses the state up: of any number of callbacks with one state, one gets the walk. One statement on purpose; a look followed by a
 * removal would let two through.
 */
export async function takeAuthorization(tx: EntityManager, stateHash: Buffer): Promise<{ authorization: Authorization; expired: boolean; nowSeconds: number } | null> {
  const [rows] = await tx.query<[(Row & { expired: boolean; now_seconds: number })[], number]>(
    'DELETE FROM oauth."authorization" WHERE state_hash = $1 RETURNING *, expires_at <= now() AS expired, extract(epoch FROM now())::float8 AS now_seconds',
    [stateHash],
  );
  const row = rows[0];
  return row === undefined ? null : { authorization: toAuthorization(row), expired: row.expired, nowSeconds: row.now_seconds };
}

/** Removes walks whose time is over; replicas take different ones. */
export async function takeExpired(tx: EntityManager, limit: number): Promise<Authorization[]> {
  const [rows] = await tx.query<[Row[], number]>(
    `DELETE FROM oauth."authorization" WHERE state_hash IN (
       SELECT state_hash FROM oauth."authorization" WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING *`,
    [limit],
  );
  return rows.map(toAuthorization);
}
