import { argon2id, hash, verify } from 'argon2';
import type { Secret } from '@trunkline/contracts';

/** OWASP's first choice for Argon2id: 19 MiB, two rounds, one lane. */
const cost = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of the same cost, and of no password: nobody knows what has this hash. */
const decoy = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export const hashPassword = (password: Secret): Promise<string> => hash(password.reveal(), cost);

/** Takes as long without a hash as with one, so that an unknown e-mail address is not told by the time. */
export async function isPassword(password: Secret, passwordHash: string | null): Promise<boolean> {
  const right = await verify(passwordHash ?? decoy, password.reveal());
  return right && passwordHash !== null;
}
