import type { Failure } from '../task/explain-failure.js';

/** Writing could not go on. It is about the destination's connection, and says nothing of the one that is read. */
export class DestinationFailure extends Error {
  override readonly name = 'DestinationFailure';

  constructor(
    readonly failure: Failure,
    cause: unknown,
  ) {
    super(failure.cause.message, { cause });
  }
}
