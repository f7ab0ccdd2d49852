import { EgressError } from '../../src/egress-error.js';

/** The error a request ends with; fails the test when it succeeds or ends with something else. */
export async function failureOf(request: Promise<unknown>): Promise<EgressError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof EgressError) return error;
    throw error;
  }
  throw new Error('the request succeeded');
}

/** Wait until something is so; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
