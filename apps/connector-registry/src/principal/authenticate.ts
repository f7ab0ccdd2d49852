import { principals, type Principal, type RequestOf, type Scope } from '@trunkline/contracts';
import type { Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { readApiKey, sameDigest, sha256 } from '../api-key/api-key.js';
import type { RegistryParts } from '../registry-parts.js';

interface KeyRow {
  digest: Buffer;
  platform_id: string;
  project_id: string | null;
  user_id: string | null;
  scopes: Scope[];
}

/** On the path of every request: one prepared read by primary key. */
const findKey: Statement = {
  name: 'find_api_key',
  text: 'SELECT digest, platform_id, project_id, user_id, scopes FROM registry.api_key WHERE id = $1 AND revoked_at IS NULL',
};

/** Compared with where there is no row, so that an unknown key costs what a wrong one costs. */
const nothing = Buffer.alloc(32);

const operator: Principal = { kind: 'operator', id: 'operator', platformId: null, projectId: null, userId: null, scopes: ['admin'] };

/** Turns a presented key into who it stands for. Unknown, revoked and malformed keys are refused in the same words. */
export async function authenticate({ sql, context }: RegistryParts, { key }: RequestOf<typeof principals.authenticate>): Promise<Principal> {
  const { adminKey } = context.config;
  if (adminKey !== undefined && sameDigest(sha256(key.reveal()), sha256(adminKey.reveal()))) return operator;
  const presented = readApiKey(key);
  if (presented === null) throw refused();
  const row = await sql.first<KeyRow>(findKey, [presented.id]);
  if (!sameDigest(presented.digest, row?.digest ?? nothing) || row === undefined) throw refused();
  return { kind: 'api_key', id: presented.id, platformId: row.platform_id, projectId: row.project_id, userId: row.user_id, scopes: row.scopes };
}

const refused = () => new AppError('AUTHENTICATION', 'This key is not valid: it is unknown or has been revoked.');
