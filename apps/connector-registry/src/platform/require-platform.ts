import { AppError } from '@trunkline/service';
import type { DataSource, EntityManager } from 'typeorm';

/** @throws AppError ENTITY_NOT_FOUND */
export async function requirePlatform(database: DataSource | EntityManager, id: string): Promise<void> {
  const found = await database.query<unknown[]>('SELECT FROM registry.platform WHERE id = $1', [id]);
  if (found.length === 0) throw AppError.notFound('platform', id);
}
