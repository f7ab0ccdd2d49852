import { Inject, Injectable } from '@nestjs/common';
import { verifyCredential, type VerifyOutcome } from '@trunkline/connector-kit';
import { connectionCalled, credentials, type ReplyOf, type RequestOf, type UsableCredential } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { DataSource } from 'typeorm';
import { Outbox } from '@trunkline/persistence';
import { AppError, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { leadsElsewhere } from '../provider/allowed-origins.js';
import { Connectors } from '../provider/connectors.js';
import { EGRESS } from '../provider/egress.js';
import { LeaseToken } from '../resolve/lease-token.js';
import { patience } from '../resolve/patience.js';
import type { Credential } from './credential.js';
import { connectionNotFound, refusalError } from './credential-errors.js';
import { refusedCall, type Call } from './failed-call.js';
import { FindCredential } from './find-credential.js';
import { digestOf } from './secret-members.js';

type VerifyReply = ReplyOf<typeof credentials.verify>;
const nobody = { id: null, name: null };

/** Asks the provider whether a stored credential works, with a token as fresh as any caller would get, and tells how the call ended. */
@Injectable()
export class VerifyCredential {
  constructor(
    @Inject(FindCredential) private readonly find: FindCredential,
    @Inject(LeaseToken) private readonly tokens: LeaseToken,
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /** @throws AppError ENTITY_NOT_FOUND, CONNECTION_DISABLED */
  async verify({ connectionId }: RequestOf<typeof credentials.verify>): Promise<VerifyReply> {
    const found = await this.find.anywhere(connectionId);
    if (found === undefined) throw connectionNotFound(connectionId);
    if (found.status === 'disabled') throw refusalError(found, { kind: 'disabled' });
    try {
      return await this.#ask(found);
    } catch (error) {
      return withoutCall(error);
    }
  }

  async #ask(found: Credential): Promise<VerifyReply> {
    // The verification call itself needs its time too.
    const deadline = patience(credentials.verify) - this.context.config.refreshHttpDeadlineMs;
    const first = await this.tokens.fresh(found, undefined, deadline);
    const outcome = await this.#call(first.credential, first.usable);
    const rejected = outcome.kind === 'rejected' && outcome.status === 401 ? accessTokenOf(first.usable) : null;
    if (rejected === null) return this.#noted(first.credential, outcome);
    // The token may have been ended alone: one refresh for this value, as for any caller (CORRECTNESS H5).
    const second = await this.tokens.fresh(first.credential, digestOf(rejected), deadline).catch(withoutToken);
    if (second === null || accessTokenOf(second.usable) === rejected) return this.#noted(first.credential, outcome);
    return this.#noted(second.credential, await this.#call(second.credential, second.usable));
  }

  async #call({ connector, inputs, allowedOrigins }: Credential, credential: UsableCredential): Promise<VerifyOutcome> {
    await this.connectors.ready(connector);
    const target = this.connectors.target(connector, inputs);
    if (target === undefined) return { kind: 'unavailable', retryAfterMs: null, message: `the connector "${connector}" is not in the catalog any more` };
    if (leadsElsewhere(target, allowedOrigins)) return { kind: 'rejected', status: null, message: `${target.connector.name} leads elsewhere now than when this was connected; reconnect to allow it` };
    return verifyCredential({ ...target, egress: this.egress, credential, timeoutMs: this.context.config.refreshHttpDeadlineMs });
  }

  async #noted({ connectionId }: Credential, outcome: VerifyOutcome): Promise<VerifyReply> {
    const call: Call = outcome.kind === 'verified' ? { outcome: 'succeeded', code: null } : refusedCall(outcome.kind === 'rejected' ? outcome.status : null);
    const fact = { connectionId, at: new Date().toISOString(), source: 'verify', ...call } as const;
    await this.database.transaction((tx) => this.outbox.addEvent(tx, connectionCalled, fact, connectionId));
    return {
      outcome: outcome.kind,
      status: outcome.kind === 'rejected' ? outcome.status : null,
      message: outcome.kind === 'verified' ? null : outcome.message,
      account: outcome.kind === 'verified' ? outcome.account : nobody,
    };
  }
}

const accessTokenOf = (usable: UsableCredential): string | null => ('accessToken' in usable ? usable.accessToken.reveal() : null);

/** A refresh that fails after the provider rejected the token: the rejection is the answer. */
function withoutToken(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}

/** There was no token to call with: what came of that was told by the refresh that failed. */
function withoutCall(error: unknown): VerifyReply {
  if (!(error instanceof AppError) || error.code === 'ENTITY_NOT_FOUND' || error.code === 'CONNECTION_DISABLED') throw error;
  const rejected = error.code === 'CREDENTIAL_NEEDS_RECONNECT' || error.code === 'INVALID_APP_CONNECTION';
  return { outcome: rejected ? 'rejected' : 'unavailable', status: null, message: error.message, account: nobody };
}
