import type { member, ProjectRole } from '@trunkline/contracts';
import type { z } from 'zod';

export interface MemberRow {
  readonly project_id: string;
  readonly user_id: string;
  readonly role: ProjectRole;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}
/** Of `registry.member AS m JOIN registry.app_user AS u`. */
export const memberColumns = 'm.project_id, m.user_id, m.role, u.email, u.first_name, u.last_name, m.created_at, m.updated_at';

export const toMember = (row: MemberRow): z.output<typeof member> => ({
  projectId: row.project_id,
  userId: row.user_id,
  role: row.role,
  email: row.email,
  firstName: row.first_name,
  lastName: row.last_name,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});
