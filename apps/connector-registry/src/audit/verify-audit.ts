import { audits, mayDo, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { DataSource } from 'typeorm';
import { requirePlatform } from '../platform/require-platform.js';
import type { RegistryParts } from '../registry-parts.js';
import { chainStart, hashOf } from './audit-chain.js';
import { auditColumns, type AuditRow } from './audit-row.js';

type Contract = typeof audits.verify;
type Link = AuditRow & { readonly sequence: string; readonly stored: Buffer };

const batch = 2_000;

/**
 * Walks a platform's chain (the operator names one, or none for what belongs to the installation) from its first entry. What it cannot
 * see is a chain cut off at its end, entries and places together: whoever must exclude that keeps `head` and `entries` elsewhere.
 */
export async function verifyAudit({ database }: RegistryParts, { principal, platformId }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const chain = await chainWithin(database, principal, platformId);
  let previous: Buffer = chainStart;
  let entries = 0;
  for (;;) {
    const links = await database.query<Link[]>(
      `SELECT ${auditColumns}, link.sequence, link.hash AS stored FROM registry.audit_chain AS link JOIN registry.audit_entry AS entry ON entry.id = link.entry_id
       WHERE link.chain = $1 AND link.sequence > $2 ORDER BY link.sequence LIMIT $3`,
      [chain, entries, batch],
    );
    for (const link of links) {
      const sequence = entries + 1;
      const hash = hashOf(previous, sequence, link);
      const inPlace = Number(link.sequence) === sequence && (link.platform_id ?? '') === chain && hash.equals(link.stored);
      if (!inPlace) return { entries, intact: false, brokenAt: sequence, head: headOf(previous, entries) };
      previous = hash;
      entries = sequence;
    }
    if (links.length < batch) break;
  }
  const [lost] = await database.query<{ n: string }[]>(
    `SELECT count(*) AS n FROM registry.audit_entry AS entry
     WHERE coalesce(entry.platform_id, '') = $1 AND NOT EXISTS (SELECT FROM registry.audit_chain AS link WHERE link.entry_id = entry.id)
       AND NOT EXISTS (SELECT FROM registry.audit_unchained AS waiting WHERE waiting.entry_id = entry.id)`,
    [chain],
  );
  const intact = Number(lost?.n ?? 0) === 0;
  return { entries, intact, brokenAt: intact ? null : entries + 1, head: headOf(previous, entries) };
}

const headOf = (hash: Buffer, entries: number): string | null => (entries === 0 ? null : hash.toString('hex'));

async function chainWithin(database: DataSource, who: RequestOf<Contract>['principal'], wanted: string | undefined): Promise<string> {
  if (!mayDo(who, 'audit:read') || who.reach === 'project') {
    throw new AppError('AUTHORIZATION', 'Verifying the audit log needs a key or user of the platform with the scope audit:read: the chain is the platform\'s.', { params: { scope: 'audit:read' } });
  }
  if (who.reach === 'platform') {
    if (wanted !== undefined && wanted !== who.platformId) throw AppError.notFound('platform', wanted);
    return who.platformId ?? '';
  }
  if (wanted !== undefined) await requirePlatform(database, wanted);
  return wanted ?? who.platformId ?? '';
}
