import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { counter, every, type Loop } from '@trunkline/service';
import { RegistryParts } from '../registry-parts.js';
import { claimMail, forgetOldMail, noteFailed, noteSent } from './mail-queue.js';
import { explainRefusal, PostOffice } from './post-office.js';
import { remind } from './remind.js';

const mailEveryMs = 1_000;
const forgetEveryMs = 3_600_000;

/** Reminds of keys that lapse or grow old, and sends what is in the mail queue. */
@Injectable()
export class ReminderSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: RegistryParts;
  readonly #office: PostOffice;
  readonly #mails = counter('trunkline_registry_mails_total', 'Attempts to send a mail, by how they ended.', ['end']);
  #loops: Loop[] = [];

  constructor(@Inject(RegistryParts) parts: RegistryParts, @Inject(PostOffice) office: PostOffice) {
    this.#parts = parts;
    this.#office = office;
  }

  onApplicationBootstrap(): void {
    const { database, context } = this.#parts;
    this.#loops = [
      every(context.config.reminderSeconds * 1_000, 'reminders', context.logger, () => remind(this.#parts)),
      every(forgetEveryMs, 'old mail', context.logger, () => forgetOldMail(database)),
    ];
    if (this.#office.isOpen) this.#loops.push(every(mailEveryMs, 'mail', context.logger, () => this.#sendOne()));
  }

  /** Sent at least once: if we die between the server's answer and the note, it is sent again under the same Message-ID. */
  async #sendOne(): Promise<void | 'again'> {
    const { database, context } = this.#parts;
    const mail = await claimMail(database);
    if (mail === undefined) return;
    try {
      await this.#office.send(mail);
    } catch (error) {
      const refusal = explainRefusal(error);
      this.#mails.inc({ end: refusal.final ? 'given_up' : 'failed' });
      context.logger.warn({ mailId: mail.id, reason: refusal.error }, 'a mail could not be sent just now');
      await noteFailed(database, mail, { ...refusal, retrySeconds: context.config.mailRetrySeconds });
      return 'again';
    }
    this.#mails.inc({ end: 'sent' });
    await noteSent(database, mail);
    return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
