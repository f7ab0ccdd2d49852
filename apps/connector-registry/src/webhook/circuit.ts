/** Whether messages go to an endpoint, and what speaks for it. */
export interface Circuit {
  readonly state: 'active' | 'resting' | 'disabled';
  readonly consecutiveFailures: number;
  /** Since the first failure after the last success. */
  readonly failingSeconds: number;
  /** Between two probes; null unless it rests. */
  readonly pauseSeconds: number | null;
}

export interface AfterFailure {
  readonly state: Circuit['state'];
  readonly consecutiveFailures: number;
  readonly pauseSeconds: number | null;
  /** For so long nothing is sent; null: as it was. */
  readonly holdSeconds: number | null;
}

const failuresUntilRest = 5;
const longestPauses = 30;
const disabledAfterSeconds = 5 * 86_400;

/**
 * What a failed attempt makes of an endpoint. After five in a row it rests: one message at a time finds out whether it is back, each pause
 * twice as long as the one before. After five days of nothing else it is disabled.
 * @param probe the attempt was such a message; others may have been under way when it began to rest, and say nothing new
 */
export function afterFailure(circuit: Circuit, { probe, restSeconds }: { probe: boolean; restSeconds: number }): AfterFailure {
  const { state, failingSeconds, pauseSeconds } = circuit;
  const consecutiveFailures = circuit.consecutiveFailures + 1;
  if (state === 'disabled') return { state, consecutiveFailures, pauseSeconds: null, holdSeconds: null };
  if (consecutiveFailures < failuresUntilRest) return { state, consecutiveFailures, pauseSeconds, holdSeconds: null };
  if (failingSeconds >= disabledAfterSeconds) return { state: 'disabled', consecutiveFailures, pauseSeconds: null, holdSeconds: null };
  if (state === 'active') return { state: 'resting', consecutiveFailures, pauseSeconds: restSeconds, holdSeconds: restSeconds };
  const pause = probe ? Math.min((pauseSeconds ?? restSeconds) * 2, restSeconds * longestPauses) : (pauseSeconds ?? restSeconds);
  return { state, consecutiveFailures, pauseSeconds: pause, holdSeconds: probe ? pause : null };
}
