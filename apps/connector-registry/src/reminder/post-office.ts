import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { RegistryContext } from '../config.js';
import type { Mail } from './mail-queue.js';

const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 };

/** The operator's SMTP server, if there is one. */
@Injectable()
export class PostOffice implements OnApplicationShutdown {
  readonly #transport: Transporter | null;
  readonly #from: string;

  constructor(@Inject(SERVICE_CONTEXT) { config }: RegistryContext) {
    const { smtpUrl, mailFrom } = config;
    if ((smtpUrl === undefined) !== (mailFrom === undefined)) throw new Error('TRUNKLINE_SMTP_URL and TRUNKLINE_MAIL_FROM are needed together: set both, or neither.');
    this.#from = mailFrom ?? '';
    // A mail is what we wrote into it: no file and no address is ever read into one.
    this.#transport = smtpUrl === undefined ? null : createTransport({ url: smtpUrl.reveal(), ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  }

  get isOpen(): boolean {
    return this.#transport !== null;
  }

  async send({ id, recipient, subject, body }: Mail): Promise<void> {
    const domain = this.#from.slice(this.#from.lastIndexOf('@') + 1);
    await this.#transport!.sendMail({
      from: this.#from,
      to: { name: '', address: recipient },
      subject,
      text: body,
      messageId: `<${id}@${domain}>`,
      headers: { 'auto-submitted': 'auto-generated' },
    });
  }

  onApplicationShutdown(): void {
    this.#transport?.close();
  }
}

/** What an attempt ended with, in words that tell nothing of the mail or the server's account. */
export function explainRefusal(error: unknown): { readonly error: string; readonly final: boolean } {
  const { code, command, responseCode } = error as { code?: unknown; command?: unknown; responseCode?: unknown };
  const answer = typeof responseCode === 'number' ? responseCode : null;
  // Of the recipient or the mail itself a 5xx is the last word; at any other place the operator can mend it.
  const final = answer !== null && answer >= 500 && (command === 'RCPT TO' || command === 'DATA');
  return { error: [typeof code === 'string' ? code : 'UNKNOWN', answer].filter((part) => part !== null).join(' '), final };
}
