import type { project } from '@trunkline/contracts';
import type { z } from 'zod';

export interface ProjectRecord {
  readonly id: string;
  readonly platform_id: string;
  readonly display_name: string;
  readonly return_urls: string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}
export const projectColumns = 'id, platform_id, display_name, return_urls, created_at, updated_at';

export const toProject = (row: ProjectRecord): z.output<typeof project> => ({
  id: row.id,
  platformId: row.platform_id,
  displayName: row.display_name,
  returnUrls: row.return_urls,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});
