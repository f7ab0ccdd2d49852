import type { platform } from '@trunkline/contracts';
import type { z } from 'zod';

export interface PlatformRow {
  readonly id: string;
  readonly name: string;
  readonly expiry_emails: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}
export const platformColumns = 'id, name, expiry_emails, created_at, updated_at';

export const toPlatform = ({ id, name, ...row }: PlatformRow): z.output<typeof platform> => ({
  id,
  name,
  expiryEmails: row.expiry_emails,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});
