import { z } from 'zod';
import { setting, whole, type Settings } from '@trunkline/service';

const day = 86_400;
const pauses = z
  .string()
  .transform((value) => value.split(',').map((item) => Number(item.trim() === '' ? Number.NaN : item)))
  .refine((list) => list.length <= 20 && list.every((seconds) => seconds >= 0 && seconds <= 7 * day), 'must be at most 20 numbers of seconds, comma separated, none above 604800')
  .default([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, day]);

/** How messages leave for webhooks. */
export const webhookSettings = {
  webhookRetrySeconds: setting('TRUNKLINE_WEBHOOK_RETRY_SECONDS', pauses, 'Pauses between the attempts to deliver a message to a webhook, in seconds, comma separated. After the last one it is given up.'),
  webhookTimeoutSeconds: setting('TRUNKLINE_WEBHOOK_TIMEOUT_SECONDS', whole(1, 25).default(10), 'How long a webhook may take to answer, in seconds.'),
  webhookRestSeconds: setting(
    'TRUNKLINE_WEBHOOK_REST_SECONDS',
    z.coerce.number().min(0.1).max(day).default(30),
    'The first pause of a webhook that failed five times in a row, in seconds. It doubles up to thirty times as much.',
  ),
  webhooksAtOnce: setting('TRUNKLINE_WEBHOOKS_AT_ONCE', whole(1, 500).default(20), 'Messages that a replica sends at the same time.'),
  webhooksAtOncePerEndpoint: setting('TRUNKLINE_WEBHOOKS_AT_ONCE_PER_ENDPOINT', whole(1, 100).default(4), 'How many of them may go to the same webhook.'),
} satisfies Settings;
