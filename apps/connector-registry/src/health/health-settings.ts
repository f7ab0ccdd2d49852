import { z } from 'zod';
import { setting, whole, type Settings } from '@trunkline/service';

const seconds = (min: number, max: number) => z.coerce.number().min(min).max(max);
const day = 86_400;

/** When a connection's health is looked at, and when its provider is asked. */
export const healthSettings = {
  healthSeconds: setting('TRUNKLINE_HEALTH_SECONDS', seconds(0.2, 60).default(60), 'How often the status of each connection is computed from its last calls, in seconds.'),
  healthEvidenceSeconds: setting(
    'TRUNKLINE_HEALTH_EVIDENCE_SECONDS',
    seconds(1, 30 * day).default(900),
    'A connection of which nothing was heard for so long is verified by a call to its provider, in seconds. Also the longest pause between verifications of one that fails.',
  ),
  healthRetrySeconds: setting(
    'TRUNKLINE_HEALTH_RETRY_SECONDS',
    seconds(0.2, day).default(60),
    'How soon a connection whose calls fail is verified again, in seconds. Doubles while the provider gives no answer.',
  ),
  healthProbeSeconds: setting('TRUNKLINE_HEALTH_PROBE_SECONDS', seconds(1, 30 * day).default(day), 'How often it is tried whether a connection that must be connected again works after all, in seconds.'),
  healthVerifications: setting('TRUNKLINE_HEALTH_VERIFICATIONS', whole(1, 100).default(8), 'Verifications under way at once, per replica.'),
} satisfies Settings;
