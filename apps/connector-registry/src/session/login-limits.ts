import { createHash } from 'node:crypto';
import type { Sql, Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { RegistryConfig } from '../config.js';

/**
 * Counted before the password is looked at, in one statement: of many attempts at once, on whichever replica, no more than the limit
 * are ever tried. The window begins with its first attempt and ends by the database's clock, whatever comes in between.
 */
const count: Statement = {
  name: 'count_login_attempt',
  text: `INSERT INTO registry.login_attempts AS a (subject, attempts, window_ends) VALUES ($1, 1, now() + make_interval(mins => $2))
    ON CONFLICT (subject) DO UPDATE SET
      attempts = CASE WHEN a.window_ends <= now() THEN 1 ELSE least(a.attempts + 1, 1000000) END,
      window_ends = CASE WHEN a.window_ends <= now() THEN excluded.window_ends ELSE a.window_ends END
    RETURNING attempts, greatest(1, ceil(extract(epoch FROM window_ends - now())))::int AS seconds`,
};
const forget: Statement = { name: 'forget_login_attempts', text: 'DELETE FROM registry.login_attempts WHERE subject = $1' };
const giveBack: Statement = { name: 'give_back_login_attempt', text: 'UPDATE registry.login_attempts SET attempts = greatest(attempts - 1, 0) WHERE subject = $1' };

export interface Attempt {
  readonly account: string;
  readonly address: string;
}

export const attemptOf = (email: string, clientAddress: string): Attempt => ({
  account: `account:${createHash('sha256').update(email.toLowerCase()).digest('hex')}`,
  address: `address:${clientAddress}`,
});

type Limits = Pick<RegistryConfig, 'loginWindowMinutes' | 'loginFailuresPerAccount' | 'loginFailuresPerAddress'>;

/** @throws AppError RATE_LIMITED with `retryAfterSeconds`; no attempt on the account is spent when the address is the reason */
export async function countAttempt(sql: Sql, { account, address }: Attempt, limits: Limits): Promise<void> {
  for (const [subject, limit] of [[address, limits.loginFailuresPerAddress], [account, limits.loginFailuresPerAccount]] as const) {
    const row = await sql.first<{ attempts: number; seconds: number }>(count, [subject, limits.loginWindowMinutes]);
    if (row!.attempts <= limit) continue;
    throw new AppError('RATE_LIMITED', 'Too many failed logins. Try again later.', { params: { retryAfterSeconds: row!.seconds } });
  }
}

/** A success is no failure: the account begins anew, and the address gets its attempt back. */
export async function forgiveAttempt(sql: Sql, { account, address }: Attempt): Promise<void> {
  await sql.rows(forget, [account]);
  await sql.rows(giveBack, [address]);
}
