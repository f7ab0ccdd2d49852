import { z } from 'zod';
import { rateLimitOptions } from './options.js';
import type { ResolvedOptions } from './options.js';

/** What `PUT /_control/settings` accepts: any of these, the others stay. */
export const settingsPatch = z.strictObject({
  accessTokenSeconds: z.number().int().min(1).max(10 * 365 * 86_400).optional(),
  refreshTokenSeconds: z.number().int().min(1).max(10 * 365 * 86_400).optional(),
  rotation: z.enum(['rotate', 'none']).optional(),
  latencyMs: z.number().int().min(0).max(600_000).optional(),
  rateLimit: rateLimitOptions.nullable().optional(),
});

/** The part of the options that can change while the sandbox runs. */
export type Settings = Pick<ResolvedOptions, 'accessTokenSeconds' | 'refreshTokenSeconds' | 'rotation' | 'latencyMs' | 'rateLimit'>;

export function settingsFrom(options: ResolvedOptions): Settings {
  const { accessTokenSeconds, refreshTokenSeconds, rotation, latencyMs, rateLimit } = options;
  return { accessTokenSeconds, refreshTokenSeconds, rotation, latencyMs, rateLimit };
}
