import { z } from 'zod';
import { catalogSettings, databaseSettings, egressSettings, setting, whole, type CommonConfig, type ConfigOf, type ServiceContext, type Settings } from '@trunkline/service';

/** A time span in seconds; fractions are allowed. */
const seconds = (min: number, max: number) => z.coerce.number().min(min).max(max);
const day = 86_400;

export const syncSettings = {
  ...databaseSettings,
  ...catalogSettings,
  ...egressSettings,
  intervalSeconds: setting('TRUNKLINE_SYNC_INTERVAL_SECONDS', whole(1, 30 * day).default(3_600), 'How often a connection is synced, in seconds. Taken when its flow is made.'),
  firstDelaySeconds: setting('TRUNKLINE_SYNC_FIRST_DELAY_SECONDS', seconds(0, day).default(0), 'How long after a connection became active its first sync is due, in seconds.'),
  workers: setting('TRUNKLINE_SYNC_WORKERS', whole(1, 64).default(4), 'Streams read at once per replica.'),
  projectWorkers: setting(
    'TRUNKLINE_SYNC_PROJECT_WORKERS',
    whole(1, 1_024).optional(),
    'Streams of one project read at once, over all replicas, beyond which it makes room page by page while another project waits. Unset: half of a replica\'s workers.',
  ),
  pageSize: setting('TRUNKLINE_SYNC_PAGE_SIZE', whole(1, 10_000).optional(), 'Records asked for per page. Unset: what the connector says.'),
  requestSeconds: setting('TRUNKLINE_SYNC_REQUEST_SECONDS', seconds(1, 40).default(20), 'How long a provider has to answer with a page, in seconds. Tried three times.'),
  sliceSeconds: setting('TRUNKLINE_SYNC_SLICE_SECONDS', seconds(0, 600).default(20), 'How long a stream is read before others have a turn, in seconds. The page under way is finished.'),
  leaseSeconds: setting('TRUNKLINE_SYNC_LEASE_SECONDS', seconds(1, 600).default(20), 'A worker that is silent for this long has lost its stream to another, in seconds.'),
  pipelinePages: setting('TRUNKLINE_SYNC_PIPELINE_PAGES', whole(1, 64).default(4), 'Pages of a stream that may be published and not yet checkpointed. Each is held in memory.'),
  maxAttempts: setting('TRUNKLINE_SYNC_MAX_ATTEMPTS', whole(1, 1_000).default(10), 'Failures in a row without progress after which a stream of a run is given up.'),
  maxRetrySeconds: setting('TRUNKLINE_SYNC_MAX_RETRY_SECONDS', seconds(0, 7 * day).default(10_800), 'How long failures in a row without progress are retried at most, in seconds.'),
  historyDays: setting('TRUNKLINE_SYNC_HISTORY_DAYS', whole(1, 3_650).default(30), 'How long finished runs can be looked at, in days.'),
} satisfies Settings;

export type SyncConfig = CommonConfig & ConfigOf<typeof syncSettings>;
export type SyncContext = ServiceContext<SyncConfig>;
