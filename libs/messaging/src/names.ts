import type { ServiceName, StreamDefinition } from '@trunkline/contracts';
import { streamDefinitions } from '@trunkline/contracts';

/** The only maker of names on the NATS server besides the contracts themselves. */

/** Where replies to a service's requests arrive; its NATS user may listen there and nowhere else. */
export const inboxPrefix = (service: string): string => `_INBOX.${service}`;

/** One durable consumer per service and subject: `connector-registry__evt-credential-stored-v1`. */
export const durableName = (service: string, subject: string): string =>
  `${service}__${subject.replaceAll(/[.*>]+/g, '-').replace(/-$/, '')}`;

/** Where a message goes that could not be handled. */
export const deadSubject = (subject: string): string => `dead.${subject}`;

/** The stream that holds a subject. */
export function streamOf(subject: string): StreamDefinition {
  const prefix = subject.split('.')[0];
  const stream = streamDefinitions.find(({ subjects }) => subjects.some((covered) => covered.split('.')[0] === prefix));
  if (stream === undefined) throw new Error(`No stream holds the subject ${subject}`);
  return stream;
}

export const rpcQueue = (service: ServiceName | string): string => service;
