import type { ConnectLink } from '@trunkline/contracts';

/** A link's row without its digest. */
export interface ConnectLinkRow {
  readonly id: string;
  readonly platform_id: string;
  readonly project_id: string;
  readonly end_user: ConnectLink['endUser'];
  readonly connectors: string[];
  readonly connection_id: string | null;
  readonly status: ConnectLink['status'];
  readonly used_connection_id: string | null;
  readonly return_url: string | null;
  readonly expires_at: Date;
  readonly created_at: Date;
}

/** By the database's clock. What a link was used for is worth more than that its time is over, too. */
const status = `CASE WHEN used_at IS NOT NULL THEN 'used' WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS status`;
export const connectLinkColumns = `id, platform_id, project_id, end_user, connectors, connection_id, used_connection_id, return_url, expires_at, created_at, ${status}`;

export const toConnectLink = (row: ConnectLinkRow): ConnectLink => ({
  id: row.id,
  platformId: row.platform_id,
  projectId: row.project_id,
  endUser: row.end_user,
  connectors: row.connectors,
  connectionId: row.connection_id,
  status: row.status,
  usedConnectionId: row.used_connection_id,
  returnUrl: row.return_url,
  expiresAt: row.expires_at.toISOString(),
  created: row.created_at.toISOString(),
});
