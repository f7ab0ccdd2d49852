import { Inject, Injectable } from '@nestjs/common';
import { counter, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { SpoolFolder } from './spool-folder.js';
import { spooledToken, type SpooledToken } from './spooled-token.js';

/** Where new tokens wait, sealed, while the database cannot take them: the second place that a crash does not reach. */
@Injectable()
export class TokenSpool {
  readonly #entries = counter('trunkline_credential_spool_total', 'New tokens kept on disk because the database could not take them, by what became of them.', ['outcome']);
  readonly #folder: SpoolFolder;
  readonly #context: ServiceContext<TokenRefresherConfig>;
  /** Of attempts of this process that still try to store what they hold. */
  readonly #inHand = new Set<string>();

  constructor(@Inject(SERVICE_CONTEXT) context: ServiceContext<TokenRefresherConfig>) {
    this.#context = context;
    this.#folder = new SpoolFolder(context.config.spoolDirectory);
  }

  /** Who holds the token goes on trying to store it and calls `done` or `letGo` in the end. */
  async keep(token: SpooledToken): Promise<void> {
    this.#inHand.add(token.intentId);
    await this.#folder.write(token.intentId, JSON.stringify(token));
    this.#entries.inc({ outcome: 'written' });
    this.#context.logger.warn({ connectionId: token.connectionId, connector: token.connector }, 'the database cannot take a new token; it is kept on disk, sealed');
  }

  /** From now on the replay sees to it. */
  letGo(intentId: string): void {
    this.#inHand.delete(intentId);
  }

  async done(intentId: string, outcome: 'stored' | 'late'): Promise<void> {
    await this.#folder.remove(intentId);
    this.#inHand.delete(intentId);
    this.#entries.inc({ outcome });
  }

  /** Those that nobody in this process has in hand; what cannot be read is set aside. */
  async waiting(): Promise<SpooledToken[]> {
    const tokens: SpooledToken[] = [];
    for (const name of await this.#folder.names()) {
      if (this.#inHand.has(name)) continue;
      const text = await this.#folder.read(name);
      if (text === undefined) continue;
      const token = parsed(text);
      if (token?.intentId === name) tokens.push(token);
      else await this.setAside(name, 'it is not a token of ours');
    }
    return tokens;
  }

  async setAside(name: string, why: string): Promise<void> {
    await this.#folder.setAside(name);
    this.#entries.inc({ outcome: 'set_aside' });
    this.#context.logger.error({ file: name, why, directory: this.#context.config.spoolDirectory }, 'a file of the token spool is of no use and was set aside');
  }
}

function parsed(text: string): SpooledToken | undefined {
  try {
    return spooledToken.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
