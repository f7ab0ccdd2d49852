import type { Destination, FlowStream, SyncMode } from '@trunkline/contracts';

/** What a connector has to read. */
export interface Offer {
  readonly streams: readonly string[];
  /** What there is depends on the connection: then whatever was chosen is tried. */
  readonly discovered?: boolean;
}

/** A stream of a run, as one task. */
export interface PlannedStream {
  readonly stream: string;
  readonly mode: SyncMode;
  readonly fields: readonly string[] | null;
  /** What there is to read is found out by this task, which puts others in its place. */
  readonly kind?: 'plan';
}

/** Under which name a run shows that it is finding out what there is. */
export const planningStream = 'discovery';

const everything = (name: string): FlowStream => ({ name, mode: 'incremental', fields: null });

/**
 * The streams a run reads, each as one task: those of the connector that the flow has chosen, all of them without a choice. A
 * chosen stream the connector no longer has is left out, and so is one that the destination has no place for.
 */
export function planRun({ streams, discovered = false }: Offer, chosen: readonly FlowStream[] | null = null, destination: Destination = { type: 'analytics' }, only?: readonly string[]): PlannedStream[] {
  if (discovered && chosen === null) {
    // Those that failed are known by name.
    if (only === undefined || only.includes(planningStream)) return [{ stream: planningStream, mode: 'incremental', fields: null, kind: 'plan' }];
    return planRun({ streams: only }, null, destination);
  }
  const offered = new Set(streams);
  const wanted = chosen === null ? streams.map(everything) : chosen.filter(({ name }) => discovered || offered.has(name));
  const hasPlace = (name: string) => destination.type === 'analytics' || Object.hasOwn(destination.targets, name);
  return wanted.filter(({ name }) => hasPlace(name)).map(({ name, mode, fields }) => ({ stream: name, mode, fields }));
}
