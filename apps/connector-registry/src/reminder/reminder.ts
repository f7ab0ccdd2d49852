import type { ConnectionType } from '@trunkline/contracts';

export type ReminderKind = 'expiry' | 'rotation';

/** Kinds of connection whose credential is a key that a person keeps and can replace. Tokens renew themselves. */
export const typesWithKey: readonly ConnectionType[] = ['SECRET_TEXT', 'BASIC_AUTH', 'CUSTOM_AUTH', 'JWT_BEARER', 'KEY_PAIR'];

/** What a mail says. Names and dates only: whoever reads along learns nothing he could connect with. */
export interface ReminderMail {
  readonly subject: string;
  readonly body: string;
}

/** One line: names are people's own and go into a header. */
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

const dateOf = (due: Date): string => due.toISOString().slice(0, 10);

export function reminderMail(kind: ReminderKind, { displayName, connector, due }: { displayName: string; connector: string; due: Date }): ReminderMail {
  const name = oneLine(displayName);
  const key = `The key of the connection "${name}" (${connector})`;
  const why = kind === 'expiry' ? `${key} expires on ${dateOf(due)}. From then on nothing is read with it.` : `${key} has been in use for long: it was to be replaced by ${dateOf(due)}.`;
  return {
    subject: kind === 'expiry' ? `The key of "${name}" expires on ${dateOf(due)}` : `The key of "${name}" should be replaced`,
    body: ['Hello,', why, `Make a new key at ${connector} and rotate the connection's. The old key works until the new one has been verified.`].join('\n\n') + '\n',
  };
}
