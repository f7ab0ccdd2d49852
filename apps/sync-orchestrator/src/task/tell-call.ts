import type { EntityManager } from 'typeorm';
import { connectionCalled } from '@trunkline/contracts';
import type { Outbox } from '@trunkline/persistence';
import type { SliceCall } from './call-outcome.js';
import type { Claim } from './task.js';

/** Successes of a connection within this time are told as one: health needs to know that calls work, not how many there are. */
const onceIn = '60 seconds';

/** Tells how a slice went, in the transaction that settles it. */
export async function tellCall(tx: EntityManager, outbox: Outbox, { connectionId }: Pick<Claim, 'connectionId'>, { outcome, code }: SliceCall): Promise<void> {
  const at = outcome === 'succeeded' ? await firstInAWhile(tx, connectionId) : await now(tx);
  if (at === undefined) return;
  await outbox.addEvent(tx, connectionCalled, { connectionId, at: at.toISOString(), source: 'sync', outcome, code }, connectionId);
}

async function firstInAWhile(tx: EntityManager, connectionId: string): Promise<Date | undefined> {
  const rows = (await tx.query(
    `INSERT INTO sync.call_told AS held (connection_id, told_at) VALUES ($1, now())
     ON CONFLICT (connection_id) DO UPDATE SET told_at = now() WHERE held.told_at < now() - interval '${onceIn}'
     RETURNING now() AS at`,
    [connectionId],
  )) as { at: Date }[];
  return rows[0]?.at;
}

const now = async (tx: EntityManager): Promise<Date> => ((await tx.query('SELECT now() AS at')) as [{ at: Date }])[0].at;
