import { ProviderError } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import { explainFailure, type Failure } from '../task/explain-failure.js';

/** Where a flow writes, as messages name it. */
export interface Named {
  readonly connectionId: string;
  /** The connector's name, once it is known. */
  readonly name: string | null;
}

/**
 * How long the run waits for a person to mend the destination before it looks again. That is not held against it: nothing that is read is lost,
 * and what is read first would only be waiting there.
 */
const pauseMs = 60_000;

const inWords = ({ connectionId, name }: Named): string => (name === null ? `The destination ${connectionId}` : `The destination ${name} (${connectionId})`);

/** Causes for which a run waits until somebody mends the destination. */
export const pauseCodes = ['destination_disabled', 'destination_reauth_required', 'destination_rejects_credential'] as const;

const paused = (code: (typeof pauseCodes)[number], message: string): Failure => ({ kind: 'later', cause: { code, message }, waitMs: pauseMs, counts: false });

/** What a failure of the destination means for the task, in words that name the destination: the source has nothing to do with it. Pure. */
export function explainDestination(error: unknown, destination: Named): Failure {
  const where = inWords(destination);
  if (error instanceof AppError) {
    if (error.code === 'CONNECTION_DISABLED') return paused('destination_disabled', `${where} is disabled. Enable it, and the run goes on.`);
    if (error.code === 'CREDENTIAL_NEEDS_RECONNECT') return paused('destination_reauth_required', `${where} must be reconnected; then the run goes on.`);
    if (error.code === 'ENTITY_NOT_FOUND') return { kind: 'failed', cause: { code: 'destination_missing', message: `${where} does not exist, or this project may not use it. Choose another for the flow.` } };
  }
  if (error instanceof ProviderError && error.kind === 'unauthorized') {
    return paused('destination_rejects_credential', `${where} does not accept its credential: ${error.message}. Reconnect it, and the run goes on.`);
  }
  const failure = explainFailure(error);
  const isAboutIt = error instanceof ProviderError || (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE');
  if (!isAboutIt) return failure;
  // The advice for a source would send people to the wrong connection.
  const told = error.message.replace(/\.$/, '');
  return { ...failure, cause: { code: `destination_${failure.cause.code}`, message: `${where}: ${told}.` } };
}
