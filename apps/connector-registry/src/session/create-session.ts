import { newId, Secret, sessions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import type { Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { isPassword } from '../user/password.js';
import { attemptOf, countAttempt, forgiveAttempt } from './login-limits.js';
import { signSessionToken } from './session-token.js';

type Contract = typeof sessions.create;
interface Account {
  readonly id: string;
  readonly platform_id: string;
  readonly password_hash: string;
}
interface Opened {
  readonly id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const findAccounts: Statement = {
  name: 'find_accounts_to_log_in',
  text: `SELECT id, platform_id, password_hash FROM registry.app_user
    WHERE lower(email) = lower($1) AND ($2::text IS NULL OR platform_id = $2) AND password_hash IS NOT NULL LIMIT 2`,
};

/**
 * Password login. Whatever is wrong (address, password, a disabled user) is refused in the same words, after the same work: one
 * verification of a password, one entry in the audit log.
 */
export async function createSession(parts: RegistryParts, { session, clientAddress }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { sql, context } = parts;
  const secret = context.config.sessionSecret;
  if (secret === undefined) throw new AppError('AUTHORIZATION', 'Login with a password is off: the operator must set TRUNKLINE_SESSION_SECRET (at least 32 characters).');
  const attempt = attemptOf(session.email, clientAddress);
  await countAttempt(sql, attempt, context.config);
  const accounts = await sql.rows<Account & Record<string, unknown>>(findAccounts, [session.email, session.platformId ?? null]);
  // Two platforms know the address and none was named: there is no telling whose password it should be.
  const account = accounts.length === 1 ? accounts[0] : undefined;
  const right = await isPassword(session.password, account?.password_hash ?? null);
  const opened = right && account !== undefined ? await openSession(parts, account) : null;
  if (account === undefined || opened === null) {
    await recordRefusal(parts, account);
    throw new AppError('AUTHENTICATION', 'The e-mail address or the password is wrong, or the user is disabled. If several platforms know the address, name the platformId.');
  }
  await forgiveAttempt(sql, attempt);
  const token = await signSessionToken(secret, { sessionId: opened.id, userId: account.id, begins: opened.created_at, expires: opened.expires_at });
  return { id: opened.id, userId: account.id, platformId: account.platform_id, token: new Secret(token), expires: opened.expires_at.toISOString() };
}

/**
 * Nothing if the user is disabled, or has another password by now: the lock on its row puts this before or after such a change, which
 * ends the sessions it finds.
 */
function openSession({ database, context }: RegistryParts, { id: userId, platform_id: platformId, password_hash: passwordHash }: Account): Promise<Opened | null> {
  return database.transaction(async (tx) => {
    const valid = await tx.query<unknown[]>('SELECT FROM registry.app_user WHERE id = $1 AND enabled AND password_hash = $2 FOR SHARE', [userId, passwordHash]);
    if (valid.length === 0) return null;
    const id = newId('session');
    const [row] = await tx.query<Opened[]>(
      `INSERT INTO registry.session (id, platform_id, user_id, expires_at) VALUES ($1, $2, $3, now() + make_interval(hours => $4)) RETURNING id, created_at, expires_at`,
      [id, platformId, userId, context.config.sessionHours],
    );
    await recordAudit(tx, { who: { kind: 'user', id: userId, userId }, tenant: { platformId, projectId: null }, action: 'session.created', target: { type: 'session', id } });
    return row!;
  });
}

/** An address nobody knows is told to the operator, who has no other way to see someone guess. */
function recordRefusal({ database }: RegistryParts, account: Account | undefined): Promise<void> {
  const who = account === undefined ? ({ kind: 'service', id: 'connector-registry', userId: null } as const) : ({ kind: 'user', id: account.id, userId: account.id } as const);
  const tenant = { platformId: account?.platform_id ?? null, projectId: null };
  return database.transaction((tx) => recordAudit(tx, { who, tenant, action: 'session.created', target: { type: 'user', id: account?.id ?? null }, outcome: 'denied' }));
}
