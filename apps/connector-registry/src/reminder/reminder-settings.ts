import { z } from 'zod';
import { secretText, setting, whole, type Settings } from '@trunkline/service';

const seconds = (min: number, max: number) => z.coerce.number().min(min).max(max);
const day = 86_400;

/** When people are reminded of keys, and how mail leaves. */
export const reminderSettings = {
  smtpUrl: setting(
    'TRUNKLINE_SMTP_URL',
    secretText.refine((value) => /^smtps?:\/\/./.test(value.reveal()), 'must begin with smtp:// or smtps://').optional(),
    'The SMTP server that takes our mail, e.g. smtps://user:password@mail.example.com. Unset: no mail is sent.',
  ),
  mailFrom: setting('TRUNKLINE_MAIL_FROM', z.email().optional(), 'The address our mail comes from. Needed with an SMTP server.'),
  reminderSeconds: setting('TRUNKLINE_REMINDER_SECONDS', seconds(0.2, day).default(600), 'How often it is looked for keys to remind of, in seconds.'),
  reminderExpiryDays: setting('TRUNKLINE_REMINDER_EXPIRY_DAYS', whole(1, 365).default(14), 'How many days before a key lapses a reminder is given.'),
  reminderRotationDays: setting('TRUNKLINE_REMINDER_ROTATION_DAYS', whole(1, 3_650).default(90), 'After how many days a key is to be replaced. Only platforms that want mails are reminded of that.'),
  mailRetrySeconds: setting('TRUNKLINE_MAIL_RETRY_SECONDS', seconds(0.2, day).default(60), 'How soon a mail that could not be sent is tried again, in seconds. Doubles up to six hours; after a week it is given up.'),
} satisfies Settings;
