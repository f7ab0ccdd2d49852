import { eventContracts, jobContracts, RECORDS, rpcContracts, serviceNames, streamDefinitions, type ServiceName } from '@trunkline/contracts';
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

/** What the trimming of the record stream asks: who has read how far, and to remove what all have read. */
const trimRecords = ['$JS.API.CONSUMER.LIST.RECORDS', '$JS.API.STREAM.PURGE.RECORDS'];

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
      ...(readsRecords ? trimRecords : []),
      // Replies to requests: the queue group's members answer into the caller's inbox.
      ...(answers.length > 0 ? ['_INBOX.>'] : []),
    ],
    subscribe: [`${inboxPrefix(service)}.>`, ...answers, ...hears.filter(({ everyReplica }) => everyReplica === true).map(({ subject }) => subject)],
  };
}

/**
 * What each service's NATS user may publish and subscribe to: made from the contracts, so a new contract needs no second place.
 * A service that is taken over cannot read another one's requests nor speak in its name.
 */
export const natsPermissions: Readonly<Record<ServiceName, NatsPermissions>> = Object.fromEntries(
  serviceNames.map((service) => [service, permissionsOf(service)]),
) as Record<ServiceName, NatsPermissions>;

/**
 * For a program outside of Trunkline that reads the records: one durable consumer, called like the user, and nothing
 * else. It cannot publish, cannot change a stream, and cannot move the consumers of others.
 */
export function outsideConsumerPermissions(user: string): NatsPermissions {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(user)) throw new Error(`A consumer's NATS user is called by letters, digits and "-"; "${user}" is not.`);
  const { name } = RECORDS;
  return {
    publish: [
      '$JS.API.INFO',
      `$JS.API.STREAM.INFO.${name}`,
      `$JS.API.CONSUMER.CREATE.${name}.${user}`,
      `$JS.API.CONSUMER.CREATE.${name}.${user}.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${name}.${user}`,
      `$JS.API.CONSUMER.INFO.${name}.${user}`,
      `$JS.API.CONSUMER.MSG.NEXT.${name}.${user}`,
      `$JS.ACK.${name}.${user}.>`,
    ],
    subscribe: [`${inboxPrefix(user)}.>`],
  };
}
