import { eventContracts, jobContracts, rpcContracts, serviceNames, streamDefinitions, type ServiceName } from '@trunkline/contracts';
import { inboxPrefix } from './names.js';

export interface NatsPermissions {
  publish: string[];
  subscribe: string[];
}

const jetStreamApi = (stream: string, withConsumers: boolean): string[] => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.CREATE.${stream}`,
  `$JS.API.STREAM.UPDATE.${stream}`,
  ...(withConsumers
    ? [
        `$JS.API.CONSUMER.CREATE.${stream}.>`,
        `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.>`,
        `$JS.API.CONSUMER.INFO.${stream}.>`,
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.>`,
        `$JS.ACK.${stream}.>`,
      ]
    : []),
];

function permissionsOf(service: ServiceName): NatsPermissions {
  const calls = rpcContracts.filter(({ callers }) => callers.includes(service)).map(({ subject }) => subject);
  const answers = rpcContracts.filter(({ server }) => server === service).map(({ subject }) => subject);
  const tells = eventContracts.filter(({ producers }) => producers.includes(service)).map(({ subject }) => subject);
  const hears = eventContracts.filter(({ consumers }) => consumers.includes(service));
  const works = jobContracts.filter(({ worker }) => worker === service);
  const publishesRecords = service === 'sync-orchestrator';
  const readsRecords = service === 'analytics-sink';
  const read = [...(hears.length > 0 ? ['EVENTS'] : []), ...(works.length > 0 ? ['JOBS'] : []), ...(readsRecords ? ['RECORDS'] : [])];
  return {
    publish: [
      ...calls,
      ...tells,
      ...works.map(({ subject }) => `${subject}.>`),
      ...(publishesRecords ? ['rec.>'] : []),
      ...(read.length > 0 ? ['dead.>'] : []),
      '$JS.API.INFO',
      ...streamDefinitions.flatMap(({ name }) => jetStreamApi(name, read.includes(name))),
      // Replies to requests: the queue group's members answer into the caller's inbox.
      ...(answers.length > 0 ? ['_INBOX.>'] : []),
    ],
    subscribe: [`${inboxPrefix(service)}.>`, ...answers],
  };
}

/**
 * What each service's NATS user may publish and subscribe to: made from the contracts, so a new contract needs no second place.
 * A service that is taken over cannot read another one's requests nor speak in its name.
 */
export const natsPermissions: Readonly<Record<ServiceName, NatsPermissions>> = Object.fromEntries(
  serviceNames.map((service) => [service, permissionsOf(service)]),
) as Record<ServiceName, NatsPermissions>;
