import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { Credential } from '../credential/credential.js';
import { connectionNotFound, noSuchToken } from '../credential/credential-errors.js';
import { FindCredential } from '../credential/find-credential.js';
import { Connectors } from '../provider/connectors.js';

/** What a caller may say about the connection it means. */
export interface Wanted {
  readonly connectionId?: string;
  readonly connector?: string;
  readonly userId?: string;
}

/** The connection a caller means, within the tenant of its principal: one read, behind both walls. */
@Injectable()
export class ChooseCredential {
  readonly #find: FindCredential;
  readonly #connectors: Connectors;

  constructor(@Inject(FindCredential) find: FindCredential, @Inject(Connectors) connectors: Connectors) {
    this.#find = find;
    this.#connectors = connectors;
  }

  /** @throws AppError VALIDATION if nothing is named, ENTITY_NOT_FOUND for what is unknown, deleted or another tenant's */
  async choose(principal: Principal, wanted: Wanted): Promise<Credential> {
    const { connectionId, userId } = wanted;
    const connector = this.#connectorId(wanted);
    const found = await this.#read(principal, { connectionId, connector, userId });
    if (found === undefined) throw connectionNotFound(connectionId ?? wanted.connector ?? '');
    return found;
  }

  /** The connection's own token, or the one of that name. @throws AppError ENTITY_NOT_FOUND if it has none of that name */
  async token(connection: Credential, tokenName: string | undefined): Promise<Credential> {
    if (tokenName === undefined) return connection;
    const second = await this.#find.second(connection, tokenName);
    if (second === undefined) throw noSuchToken(connection, tokenName, await this.#find.secondNames(connection));
    return second;
  }

  async #read({ platformId, projectId, userId: ownUserId }: Principal, { connectionId, connector, userId }: Wanted): Promise<Credential | undefined> {
    if (connectionId !== undefined) return this.#find.byConnection({ platformId, projectId }, { connectionId, connector, userId });
    if (connector === undefined) throw unnamed('Name the connection: either connectionId, or connector.');
    if (projectId === null) throw unnamed('A key that is not bound to a project must name the connection by connectionId.');
    return this.#find.byConnector({ platformId, projectId }, { connector, userId, ownUserId });
  }

  /** Aliases (`meta`) and the reference's names become ids. One we do not know matches no row, like an unknown connection. */
  #connectorId({ connector }: Wanted): string | undefined {
    return connector === undefined ? undefined : (this.#connectors.find(connector)?.id ?? connector);
  }
}

const unnamed = (message: string): AppError => new AppError('VALIDATION', message, { params: { issues: [{ path: 'connectionId', message: 'is missing' }] } });
