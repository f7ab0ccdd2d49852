import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal, ReplyOf, RequestOf, signingKeys } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireScope } from '../resolve/require-scope.js';
import { ownedLive, ownerOf, signingKeyColumns, toSigningKey, type SigningKeyRow } from './signing-key.js';

/** Nobody has more of them than people can look after. */
const most = 1_000;
const list = `
  SELECT ${signingKeyColumns} FROM tokens.signing_key
  WHERE platform_id = $1 AND project_id IS NOT DISTINCT FROM $2 AND revoked_at IS NULL ORDER BY created_at, id LIMIT ${most}`;
const get = `SELECT ${signingKeyColumns} FROM tokens.signing_key WHERE id = $1 AND ${ownedLive}`;

/** Reads public halves. What belongs to another tenant is not found, like what does not exist. */
@Injectable()
export class FindSigningKey {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  async list({ principal }: RequestOf<typeof signingKeys.list>): Promise<ReplyOf<typeof signingKeys.list>> {
    const { platformId, projectId } = ownerOf(principal);
    return { signingKeys: (await this.#read(principal, list, [platformId, projectId])).map(toSigningKey) };
  }

  async get({ principal, id }: RequestOf<typeof signingKeys.get>): Promise<ReplyOf<typeof signingKeys.get>> {
    const { platformId, projectId } = ownerOf(principal);
    const [row] = await this.#read(principal, get, [id, platformId, projectId]);
    if (row === undefined) throw AppError.notFound('signing_key', id);
    return toSigningKey(row);
  }

  #read(principal: Principal, text: string, values: readonly unknown[]): Promise<SigningKeyRow[]> {
    requireScope(principal, 'connections:read');
    return asTenant(this.#database, principal, (tx) => tx.query(text, [...values]) as Promise<SigningKeyRow[]>);
  }
}
