import { Inject, Injectable } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError, counter } from '@trunkline/service';
import { connectionOf } from '../credential/token-id.js';
import { ChooseCredential } from './choose-credential.js';
import { handedOut } from './handed-out.js';
import { HandOut } from './hand-out.js';
import { NoteHandedOut } from './note-handed-out.js';
import { OpenUsable } from './open-usable.js';
import { patience } from './patience.js';
import { requireScope } from './require-scope.js';

type ResolveReply = ReplyOf<typeof credentials.resolve>;

/** The hot path: one read by a prepared statement that others share, one decryption; the provider only when the token's time has come. */
@Injectable()
export class ResolveToken {
  readonly #outcomes = counter('trunkline_credential_resolves_total', 'Tokens asked for, by what was answered.', ['outcome']);

  constructor(
    @Inject(ChooseCredential) private readonly choose: ChooseCredential,
    @Inject(HandOut) private readonly handOut: HandOut,
    @Inject(OpenUsable) private readonly usable: OpenUsable,
    @Inject(NoteHandedOut) private readonly noteHandedOut: NoteHandedOut,
  ) {}

  async resolve(request: RequestOf<typeof credentials.resolve>): Promise<ResolveReply> {
    try {
      const { outcome, reply } = await this.#reply(request, patience(credentials.resolve));
      this.#outcomes.inc({ outcome });
      return reply;
    } catch (error) {
      this.#outcomes.inc({ outcome: error instanceof AppError ? error.code : 'error' });
      throw error;
    }
  }

  async #reply({ principal, minimumSeconds = 0, ...wanted }: RequestOf<typeof credentials.resolve>, deadline: number) {
    requireScope(principal, 'tokens:resolve');
    const found = await this.choose.token(await this.choose.choose(principal, wanted), wanted.tokenName);
    const { credential, warning, outcome } = await this.handOut.usable(found, minimumSeconds, deadline);
    await this.noteHandedOut.note(principal, credential);
    const reply: ResolveReply = {
      connectionId: connectionOf(credential.connectionId),
      connector: credential.connector,
      type: credential.type,
      ...handedOut(await this.usable.open(credential)),
      tokenType: credential.tokenType,
      expiresAt: credential.expiresAt?.toISOString() ?? null,
      warning,
    };
    return { outcome, reply };
  }
}
