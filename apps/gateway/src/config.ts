import { z } from 'zod';
import { setting, whole } from '@trunkline/service';

export const gatewaySettings = {
  publicUrl: setting('TRUNKLINE_PUBLIC_URL', z.url().default('http://localhost:3000'), 'Where browsers reach the gateway; OAuth redirect URIs are made from it. https in production.'),
  keyCacheMs: setting('TRUNKLINE_KEY_CACHE_MS', whole(0, 5_000).default(3_000), 'How long an accepted API key is believed without asking again, in milliseconds; a revoked key works at most that much longer.'),
  bodyLimitBytes: setting('TRUNKLINE_BODY_LIMIT_BYTES', whole(1_024, 16_777_216).default(262_144), 'Largest request body in bytes.'),
};
