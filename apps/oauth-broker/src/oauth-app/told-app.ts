import type { oauthApp } from '@trunkline/contracts';
import type { z } from 'zod';

/** An app as it is read where it is answered: never with its secret. */
export interface AppRow {
  readonly id: string;
  readonly platformId: string | null;
  readonly projectId: string | null;
  readonly connector: string;
  readonly clientId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const appColumns = `id, platform_id AS "platformId", project_id AS "projectId", connector, client_id AS "clientId", created_at AS "createdAt", updated_at AS "updatedAt"`;

export const toldApp = ({ id, platformId, projectId, connector, clientId, createdAt, updatedAt }: AppRow): z.output<typeof oauthApp> => ({
  id,
  platformId,
  projectId,
  connector,
  clientId,
  created: createdAt.toISOString(),
  updated: updatedAt.toISOString(),
});
