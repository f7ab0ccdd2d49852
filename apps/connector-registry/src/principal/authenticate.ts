import { decodeJwt } from 'jose';
import { principals, type Principal, type RequestOf, type Secret } from '@trunkline/contracts';
import type { Sql, Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { readApiKey, sameDigest, sha256 } from '../api-key/api-key.js';
import type { RegistryParts } from '../registry-parts.js';
import { readSessionToken, sessionIssuer } from '../session/session-token.js';
import { authenticateKey } from './authenticate-key.js';
import { authenticateOutsider } from './authenticate-outsider.js';
import { authenticateSession } from './authenticate-session.js';
import type { OutsideIssuer } from './outside-issuer.js';
import { refused } from './refused.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };

const findProject: Statement = { name: 'find_platform_of_project', text: 'SELECT platform_id FROM registry.project WHERE id = $1' };

/**
 * Turns what was presented into who it stands for. What is unknown, expired, revoked or malformed is refused in the same words; whether
 * a named project is within reach is told only to who has proven who he is.
 */
export async function authenticate(parts: RegistryParts, issuer: OutsideIssuer | null, { key, projectId }: RequestOf<typeof principals.authenticate>): Promise<Principal> {
  const { sql, context } = parts;
  const { adminKey, sessionSecret } = context.config;
  if (adminKey !== undefined && sameDigest(sha256(key.reveal()), sha256(adminKey.reveal()))) return asOperator(sql, projectId);
  const apiKey = readApiKey(key);
  if (apiKey !== null) return authenticateKey(sql, apiKey, projectId);
  const claimed = issuerClaimed(key);
  if (claimed === sessionIssuer && sessionSecret !== undefined) {
    const claims = await readSessionToken(sessionSecret, key);
    if (claims === null) throw refused();
    return authenticateSession(sql, claims, projectId);
  }
  if (issuer?.isIssuerOf(claimed) === true) return authenticateOutsider(sql, issuer, key, projectId);
  throw refused();
}

/** Who a token says has made it: not believed, only used to find out whose signature to check. */
function issuerClaimed(token: Secret): string | undefined {
  try {
    return decodeJwt(token.reveal()).iss;
  } catch {
    return undefined;
  }
}

async function asOperator(sql: Sql, projectId: string | undefined): Promise<Principal> {
  if (projectId === undefined) return operator;
  const row = await sql.first<{ platform_id: string }>(findProject, [projectId]);
  if (row === undefined) throw AppError.notFound('project', projectId);
  return { ...operator, platformId: row.platform_id, projectId };
}
