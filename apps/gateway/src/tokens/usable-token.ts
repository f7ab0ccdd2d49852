import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { authMethodName, connectionId, credentials, moment, secret, type ReplyOf } from '@trunkline/contracts';

/** What a request to the provider is made with. */
export const usableToken = z.object({
  connectionId,
  provider: z.string(),
  type: authMethodName,
  token: secret().nullable(),
  tokenType: z.string(),
  username: z.string().nullable().describe('BASIC_AUTH, KEY_PAIR.'),
  props: z.record(z.string(), secret()).nullable().describe('CUSTOM_AUTH: the fields; KEY_PAIR: `private_key`, and `passphrase` and `host_key_fingerprint` where there are any.'),
  expiresAt: moment.nullable(),
  warning: z.string().nullable().describe('Set when the token still lives but could not be renewed just now.'),
});

/** The one form in which a secret comes out, and nobody on the way may keep it. */
export function toUsableToken(reply: FastifyReply, { connector: _, ...resolved }: ReplyOf<typeof credentials.resolve>, provider: string): z.output<typeof usableToken> {
  void reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
  return { ...resolved, provider };
}
