import type { Connector } from '@trunkline/catalog';
import { targetProblem } from '@trunkline/connector-kit';
import type { Destination, FlowStream } from '@trunkline/contracts';
import { invalid } from './flow.js';

/** What a flow reads. */
export interface Read {
  readonly sourceId: string;
  readonly source: Connector;
  readonly streams: readonly FlowStream[] | null;
}

/**
 * That a flow writes elsewhere than it reads, and only streams that it reads.
 *
 * @throws AppError VALIDATION
 */
export function checkTargets(destination: Destination, { sourceId, source, streams }: Read): void {
  if (destination.type === 'analytics') return;
  if (destination.connectionId === sourceId) throw invalid('destination.connectionId', 'a flow does not write to the connection it reads');
  const isRead = (stream: string) => (streams === null ? source.discovered || source.streams.has(stream) : streams.some(({ name }) => name === stream));
  const stray = Object.keys(destination.targets).find((stream) => !isRead(stream));
  if (stray !== undefined) throw invalid(`destination.targets.${stray}`, 'the flow reads no such stream');
}

/**
 * That every target is of the kind the destination's connector is written by, and says something it can mean.
 *
 * @throws AppError VALIDATION
 */
export function checkKinds(destination: Destination, connector: Connector | undefined): void {
  if (destination.type === 'analytics') return;
  if (connector === undefined) throw invalid('destination.connectionId', 'its connector is not offered by this installation');
  const { writes } = connector;
  if (writes === undefined) throw invalid('destination.connectionId', `${connector.name} can be read, not written to`);
  for (const [stream, target] of Object.entries(destination.targets)) {
    const problem = targetProblem(connector, target);
    if (problem !== null) throw invalid(`destination.targets.${stream}`, problem);
  }
}
