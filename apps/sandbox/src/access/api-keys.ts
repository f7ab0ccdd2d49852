import { createHash, randomBytes } from 'node:crypto';
import type { Account, ApiKeyOptions } from '../options.js';
import type { DurableMap } from '../storage/durable-map.js';

/** A key as it is kept: under the digest of its text, never the text itself. */
export type StoredApiKey = { account: string; scopes: string[] } | { revoked: true };

export interface ApiKey {
  /** The digest: names the key where its text must not appear. */
  id: string;
  account: string;
  scopes: string[];
}

/** The API keys: those of the options, and those made while running. A key once revoked stays so, even one of the options. */
export class ApiKeys {
  readonly #stored: DurableMap<StoredApiKey>;
  readonly #fixed = new Map<string, StoredApiKey>();

  constructor(fixed: ApiKeyOptions[], accounts: Account[], stored: DurableMap<StoredApiKey>) {
    this.#stored = stored;
    for (const { key, account, scopes } of fixed) this.#fixed.set(digest(key), { account: account ?? (accounts[0] as Account).id, scopes });
  }

  find(key: string): ApiKey | null {
    const id = digest(key);
    const found = this.#stored.get(id) ?? this.#fixed.get(id);
    return found && 'account' in found ? { id, ...found } : null;
  }

  /** Makes a new key and returns its text. */
  async create(account: string, scopes: string[]): Promise<string> {
    const key = `sbx_${randomBytes(24).toString('base64url')}`;
    await this.#stored.set(digest(key), { account, scopes });
    return key;
  }

  /** Revokes a key; false when there is none such. */
  async revoke(key: string): Promise<boolean> {
    if (!this.find(key)) return false;
    await this.#stored.set(digest(key), { revoked: true });
    return true;
  }
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
