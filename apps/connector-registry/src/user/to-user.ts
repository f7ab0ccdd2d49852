import type { PlatformRole, user } from '@trunkline/contracts';
import type { z } from 'zod';

export interface UserRow {
  readonly id: string;
  readonly platform_id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly platform_role: PlatformRole;
  readonly enabled: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}
export const userColumns = 'id, platform_id, email, first_name, last_name, platform_role, enabled, created_at, updated_at';

export const toUser = (row: UserRow): z.output<typeof user> => ({
  id: row.id,
  platformId: row.platform_id,
  email: row.email,
  firstName: row.first_name,
  lastName: row.last_name,
  platformRole: row.platform_role,
  enabled: row.enabled,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});
