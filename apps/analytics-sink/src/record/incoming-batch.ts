import { z } from 'zod';
import { recordBatch, recordBatches, type RecordsContract } from '@trunkline/contracts';

/**
 * The contract's batch with each record still unjudged: the transport would put a whole batch aside for one malformed record,
 * and the other 99 with it. What a record must be is judged one by one in {@link asRow}.
 */
export const incomingBatch = recordBatch.extend({ records: z.array(z.unknown()) });
export type IncomingBatch = z.output<typeof incomingBatch>;

export const incomingBatches: RecordsContract<typeof incomingBatch> = { ...recordBatches, data: incomingBatch };
