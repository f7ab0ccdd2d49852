import type { DataSource } from 'typeorm';
import { AppError } from '@trunkline/service';
import { PlatformRow } from './platform.entity.js';

/** @throws AppError ENTITY_NOT_FOUND */
export async function requirePlatform(database: DataSource, id: string): Promise<void> {
  if (!(await database.getRepository(PlatformRow).existsBy({ id }))) throw AppError.notFound('platform', id);
}
