import type { EntityManager } from 'typeorm';
import { updated } from './updated-rows.js';

const destroy = `
  UPDATE tokens.credential SET sealed = NULL, deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
    lease_fence = lease_fence + 1, lease_owner = NULL, lease_until = NULL, intent_id = NULL, intent_token_digest = NULL, intent_at = NULL,
    refused_token_digest = NULL, suspect_token_digest = NULL, refresh_due_at = NULL, account_id = NULL, account_name = NULL
  WHERE connection_id = $1 RETURNING connection_id`;

/** Destroys a row's secret and leaves a tombstone, at which a late refresh or a late grant breaks. */
export async function destroyRow(tx: EntityManager, rowId: string): Promise<void> {
  await updated(tx, destroy, [rowId]);
}
