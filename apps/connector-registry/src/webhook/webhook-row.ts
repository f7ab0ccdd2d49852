import type { Webhook, WebhookEventType } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { DataSource, EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';

/** A webhook's row without its secrets, which only sending reads. */
export interface WebhookRow {
  readonly id: string;
  readonly platform_id: string;
  readonly project_id: string | null;
  readonly url: string;
  readonly description: string;
  readonly events: WebhookEventType[] | null;
  readonly state: Webhook['state'];
  readonly state_reason: string | null;
  readonly consecutive_failures: number;
  readonly former_secret_until: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}
/** `w` is the webhook. */
export const webhookColumns = `w.id, w.platform_id, w.project_id, w.url, w.description, w.events, w.state, w.state_reason, w.consecutive_failures, w.created_at, w.updated_at,
  (SELECT max(s.until) FROM registry.webhook_secret s WHERE s.webhook_id = w.id AND s.until > now()) AS former_secret_until`;

export const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  platformId: row.platform_id,
  projectId: row.project_id,
  url: row.url,
  description: row.description,
  events: row.events,
  enabled: row.state !== 'disabled',
  state: row.state,
  stateReason: row.state_reason,
  consecutiveFailures: row.consecutive_failures,
  formerSecretUntil: row.former_secret_until?.toISOString() ?? null,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});

/** SQL for WHERE: webhooks of the project the principal works in; of the whole platform if it works in none. Its two values come first in the query. */
export const withinTenant = 'w.platform_id = $1 AND ($2::text IS NULL OR w.project_id = $2)';
export const tenantValues = ({ platformId, projectId }: TenantPrincipal): [string, string | null] => [platformId, projectId];

export const inTenant = <Result>(database: DataSource, { platformId, projectId }: TenantPrincipal, work: (tx: EntityManager) => Promise<Result>): Promise<Result> =>
  asTenant(database, { platformId, projectId }, work);

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function findWebhook(tx: EntityManager, who: TenantPrincipal, id: string, { lock = false } = {}): Promise<WebhookRow> {
  const [row] = await tx.query<WebhookRow[]>(`SELECT ${webhookColumns} FROM registry.webhook w WHERE ${withinTenant} AND w.id = $3 ${lock ? 'FOR NO KEY UPDATE OF w' : ''}`, [...tenantValues(who), id]);
  if (row === undefined) throw AppError.notFound('webhook', id);
  return row;
}
