import { jetstreamManager, RetentionPolicy, DiscardPolicy, StorageType, AckPolicy, DeliverPolicy, ReplayPolicy, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RECORDS, streamDefinitions, type StreamDefinition } from '@trunkline/contracts';
import type { CommonConfig } from '@trunkline/service';

const nanoseconds = (milliseconds: number): number => milliseconds * 1_000_000;
const retention = { limits: RetentionPolicy.Limits, workqueue: RetentionPolicy.Workqueue, interest: RetentionPolicy.Interest } as const;
const streamExists = 10_058;
const consumerExists = 10_148;

export type StreamSizes = Pick<CommonConfig, 'streamReplicas' | 'recordsMaxBytes'>;

function streamConfig(stream: StreamDefinition, sizes: StreamSizes) {
  return {
    subjects: [...stream.subjects],
    storage: StorageType.File,
    // A full stream refuses the publisher. The other policy, `old`, would silently drop what nobody has read yet.
    discard: DiscardPolicy.New,
    max_bytes: stream === RECORDS ? sizes.recordsMaxBytes : stream.maxBytes,
    max_age: nanoseconds(stream.maxAgeMs),
    duplicate_window: nanoseconds(stream.duplicateWindowMs),
    num_replicas: sizes.streamReplicas,
  };
}

/** Makes sure every stream stands as defined. Any number of services and replicas may do so at once. */
export async function provisionStreams(nats: NatsConnection, sizes: StreamSizes): Promise<JetStreamManager> {
  const manager = await jetstreamManager(nats, { checkAPI: false, timeout: 10_000 });
  for (const stream of streamDefinitions) {
    const config = streamConfig(stream, sizes);
    try {
      await manager.streams.add({ name: stream.name, retention: retention[stream.retention], ...config });
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== streamExists) throw error;
      await manager.streams.update(stream.name, config);
    }
  }
  return manager;
}

export interface DurableOptions {
  durable: string;
  subject: string;
  ackWaitMs: number;
  maxAckPending: number;
}

/** Makes sure a durable consumer stands, with our settings. Deliveries are unlimited: {@link settle} decides when enough is enough. */
export async function provisionConsumer(manager: JetStreamManager, stream: string, options: DurableOptions): Promise<void> {
  const settings = {
    filter_subject: options.subject,
    ack_wait: nanoseconds(options.ackWaitMs),
    max_ack_pending: options.maxAckPending,
    // JetStream's own limit leaves a message in limbo: neither delivered again nor put aside. We count ourselves.
    max_deliver: -1,
  };
  try {
    await manager.consumers.add(stream, {
      durable_name: options.durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      ...settings,
    });
  } catch (error) {
    // It stands with other settings, from an earlier release: its place in the stream is kept, the settings are brought up to date.
    if (!(error instanceof JetStreamApiError) || error.code !== consumerExists) throw error;
    await manager.consumers.update(stream, options.durable, settings);
  }
}
