import type { RpcContract } from '@trunkline/contracts';

/** What is left for reading the row once more and for the answer's way back. */
const returnMs = 3_000;

/** Until when (`performance.now()`) an answer to this contract is of use to whoever asked just now. */
export const patience = (contract: Pick<RpcContract, 'deadlineMs'>): number => performance.now() + contract.deadlineMs - returnMs;
