import type { apiKey } from '@trunkline/contracts';
import type { z } from 'zod';
import type { ApiKeyRow } from './api-key.entity.js';

/** A key as the outside sees it: without anything it could be guessed from. */
export const toApiKey = ({ digest: _, createdAt, revokedAt, ...row }: ApiKeyRow): z.output<typeof apiKey> => ({
  ...row,
  created: createdAt.toISOString(),
  revoked: revokedAt?.toISOString() ?? null,
});
