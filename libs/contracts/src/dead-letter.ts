import { z } from 'zod';

/**
 * The message on `dead.<subject>`: one that a consumer could not handle, as it came, with the reason. Events and records carry no
 * secrets, and the reason is a code or names a member, so a dead letter carries none either.
 */
export const deadLetter = z.object({
  /** The durable consumer that gave it up; no other one is concerned. */
  consumer: z.string(),
  subject: z.string(),
  /** The CloudEvents id of the message. */
  id: z.string(),
  streamSequence: z.int().positive(),
  attempts: z.int().positive(),
  reason: z.string(),
  /** Its CloudEvents attributes and its body (base64), for the replay: its own stream may have let go of it. A body of more than half a message has no room and is null. */
  headers: z.record(z.string(), z.string()),
  body: z.base64().nullable(),
});
export type DeadLetter = z.output<typeof deadLetter>;

export const deadLetterType = 'trunkline.dead_letter.v1';

/** On a message that is replayed: the one durable consumer that is meant; the others have handled it and acknowledge it unread. */
export const replayHeader = 'Trunkline-Replay-For';
