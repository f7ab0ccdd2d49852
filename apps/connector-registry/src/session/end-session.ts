import { sessions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { readSessionToken } from './session-token.js';

type Contract = typeof sessions.end;

/** Ends the session that was presented. Ending it again, or presenting something else, ends nothing. */
export async function endSession({ database, context }: RegistryParts, { principal, token }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { sessionSecret } = context.config;
  const claims = sessionSecret === undefined ? null : await readSessionToken(sessionSecret, token);
  if (claims === null || principal.kind !== 'user' || principal.userId !== claims.userId) return { ended: false };
  return inReach(database, principal, async (tx) => {
    const [, ended] = await tx.query<[unknown[], number]>('UPDATE registry.session SET ended_at = now() WHERE id = $1 AND user_id = $2 AND ended_at IS NULL', [
      claims.sessionId,
      claims.userId,
    ]);
    const tenant = { platformId: principal.platformId, projectId: null };
    if (ended > 0) await recordAudit(tx, { who: principal, tenant, action: 'session.ended', target: { type: 'session', id: claims.sessionId } });
    return { ended: ended > 0 };
  });
}
