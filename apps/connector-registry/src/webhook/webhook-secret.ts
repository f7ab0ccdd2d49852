import { randomBytes, randomUUID } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import type { SealContext } from '@trunkline/vault';
import type { EntityManager } from 'typeorm';
import type { WebhookParts } from './webhook-parts.js';

/** Standard Webhooks 1.0 asks for 24 to 64 random bytes. */
const secretBytes = 32;

export const mintWebhookSecret = (): Secret => new Secret(`whsec_${randomBytes(secretBytes).toString('base64')}`);

/** A webhook's secret as its row names it; several are good while one succeeds another. */
export interface SecretRow {
  readonly id: string;
  readonly webhookId: string;
  readonly platformId: string;
  readonly projectId: string | null;
}

/** Sealed for this secret of this webhook of this tenant: the bytes open in no other row. */
export const sealedWebhookSecretContext = ({ id, webhookId, platformId, projectId }: SecretRow): SealContext => ({ tenant: projectId ?? platformId, subject: webhookId, field: `secret.${id}` });

export interface SealedWebhookSecret extends SecretRow {
  readonly secret: Secret;
  readonly sealed: Buffer;
}

export async function sealNewSecret({ vault }: Pick<WebhookParts, 'vault'>, about: Omit<SecretRow, 'id'>): Promise<SealedWebhookSecret> {
  const row = { ...about, id: randomUUID() };
  const secret = mintWebhookSecret();
  return { ...row, secret, sealed: Buffer.from(await vault.seal(sealedWebhookSecretContext(row), secret.reveal())) };
}

export async function insertSecret(tx: EntityManager, { id, webhookId, platformId, projectId, sealed }: SealedWebhookSecret): Promise<void> {
  await tx.query('INSERT INTO registry.webhook_secret (id, webhook_id, platform_id, project_id, sealed_secret) VALUES ($1, $2, $3, $4, $5)', [id, webhookId, platformId, projectId, sealed]);
}

/** The secrets that messages are signed with now, the current one first. */
export async function openSecrets({ database, vault }: Pick<WebhookParts, 'database' | 'vault'>, webhookId: string): Promise<Secret[]> {
  const rows: (SecretRow & { sealed: Buffer })[] = await database.query(
    `SELECT id, webhook_id AS "webhookId", platform_id AS "platformId", project_id AS "projectId", sealed_secret AS sealed FROM registry.webhook_secret
     WHERE webhook_id = $1 AND (until IS NULL OR until > now()) ORDER BY until DESC NULLS FIRST`,
    [webhookId],
  );
  return Promise.all(rows.map(async (row) => new Secret(await vault.openText(sealedWebhookSecretContext(row), row.sealed))));
}
