import { createHash } from 'node:crypto';
import type { SourceRecord } from '@trunkline/contracts';
import { askProvider } from '../../answer/ask-provider.js';
import type { GoodAnswer } from '../../answer/ask-provider.js';
import { persist } from '../../read/persist.js';
import { withBudget } from '../../read/with-budget.js';
import type { BuiltRequest } from '../../render/build-request.js';
import { withCredential } from '../with-credential.js';
import type { WriteEnvironment } from '../writer.js';

/** One key for each version of each record of a flow, whoever sends it how often; for several at once, one for the very same ones. */
export function idempotencyKey({ flowId, stream }: Pick<WriteEnvironment, 'flowId' | 'stream'>, records: readonly SourceRecord[]): string {
  const hash = createHash('sha256').update(JSON.stringify([flowId, stream]));
  for (const { op, key, version } of records) hash.update(JSON.stringify([op, key, version]));
  return hash.digest('hex');
}

export interface Written {
  readonly method: BuiltRequest['method'];
  readonly url: string;
  readonly accept?: string;
  readonly body?: string;
  readonly graphql?: boolean;
  readonly records: readonly SourceRecord[];
}

/** Sends one request that writes: within the budget, with the credential renewed once, and again where the trouble is short. @throws ProviderError */
export function sendRequest(environment: WriteEnvironment, { method, url, accept = 'application/json', body, graphql = false, records }: Written): Promise<GoodAnswer> {
  const { bound, egress, budget, signal, timeoutMs } = environment;
  const { connector } = bound;
  const request: BuiltRequest = {
    method,
    url,
    headers: { accept, 'idempotency-key': idempotencyKey(environment, records), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    graphql,
  };
  return persist(
    () =>
      withCredential(environment, (credential) =>
        withBudget(budget, connector, {}, signal, (seen) => askProvider({ egress, bound, request, credential, rules: connector.errorHandler, timeoutMs, signal, seen, anyAnswer: !graphql })),
      ),
    signal,
  );
}
