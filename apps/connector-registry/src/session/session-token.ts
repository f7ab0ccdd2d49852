import { errors, jwtVerify, SignJWT } from 'jose';
import type { Secret } from '@trunkline/contracts';

/** Who made the token, and for whom. An outside issuer is a URL and can never be called this. */
export const sessionIssuer = 'trunkline';
const audience = 'trunkline-api';
const algorithm = 'HS256';
/** Whether a session still runs is for its row and the database's clock to say; ours need not agree with it to the second. */
const clockToleranceSeconds = 300;

export interface SessionClaims {
  readonly sessionId: string;
  readonly userId: string;
}

const keyOf = (secret: Secret): Uint8Array => new TextEncoder().encode(secret.reveal());

export const signSessionToken = (secret: Secret, { sessionId, userId, begins, expires }: SessionClaims & { begins: Date; expires: Date }): Promise<string> =>
  new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuer(sessionIssuer)
    .setAudience(audience)
    .setSubject(userId)
    .setIssuedAt(begins)
    .setExpirationTime(expires)
    .sign(keyOf(secret));

/** What a token says; null if it is not one of ours. */
export async function readSessionToken(secret: Secret, token: Secret): Promise<SessionClaims | null> {
  try {
    const { payload } = await jwtVerify(token.reveal(), keyOf(secret), {
      algorithms: [algorithm],
      issuer: sessionIssuer,
      audience,
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      clockTolerance: clockToleranceSeconds,
    });
    return typeof payload.sid === 'string' && payload.sub !== undefined ? { sessionId: payload.sid, userId: payload.sub } : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
