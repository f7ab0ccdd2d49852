import { createHash, randomBytes } from 'node:crypto';

interface Code {
  readonly vendor: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly scopes: readonly string[];
}

interface Grant {
  readonly vendor: string;
  readonly scopes: readonly string[];
  access: string;
  refresh: string | null;
}

const token = (kind: string): string => `${kind}-${randomBytes(16).toString('hex')}`;

/** What the vendors have given out. */
export class Ledger {
  readonly #codes = new Map<string, Code>();
  readonly #byAccess = new Map<string, Grant>();
  readonly #byRefresh = new Map<string, Grant>();

  giveCode(code: Code): string {
    const text = token('code');
    this.#codes.set(text, code);
    return text;
  }

  /** A code is used once, whatever comes of it. */
  takeCode(vendor: string, text: string, redirectUri: string, verifier: string | undefined): readonly string[] | null {
    const code = this.#codes.get(text);
    this.#codes.delete(text);
    if (code === undefined || code.vendor !== vendor || code.redirectUri !== redirectUri) return null;
    if (code.challenge !== null && createHash('sha256').update(verifier ?? '').digest('base64url') !== code.challenge) return null;
    return code.scopes;
  }

  open(vendor: string, scopes: readonly string[], withRefresh: boolean): Readonly<Grant> {
    const grant: Grant = { vendor, scopes, access: token('access'), refresh: withRefresh ? token('refresh') : null };
    this.#byAccess.set(grant.access, grant);
    if (grant.refresh !== null) this.#byRefresh.set(grant.refresh, grant);
    return grant;
  }

  /** A new access token for a grant; `rotate` ends the pair before it. */
  renew(vendor: string, presented: string, how: 'exchange' | 'rotate' | 'keep'): Readonly<Grant> | null {
    const grant = (how === 'exchange' ? this.#byAccess : this.#byRefresh).get(presented);
    if (grant?.vendor !== vendor) return null;
    if (how === 'rotate') {
      this.#byAccess.delete(grant.access);
      this.#byRefresh.delete(presented);
      grant.refresh = token('refresh');
      this.#byRefresh.set(grant.refresh, grant);
    }
    grant.access = token('access');
    this.#byAccess.set(grant.access, grant);
    return grant;
  }

  holds(vendor: string, access: string): boolean {
    return this.#byAccess.get(access)?.vendor === vendor;
  }

  /** Ends the whole grant a token belongs to. */
  end(vendor: string, text: string): boolean {
    const grant = this.#byAccess.get(text) ?? this.#byRefresh.get(text);
    if (grant?.vendor !== vendor) return false;
    for (const [access, other] of this.#byAccess) if (other === grant) this.#byAccess.delete(access);
    for (const [refresh, other] of this.#byRefresh) if (other === grant) this.#byRefresh.delete(refresh);
    return true;
  }

  /** Every access token of a vendor dies, as if its time were over. Refresh tokens live on. */
  expire(vendor: string): void {
    for (const [access, grant] of this.#byAccess) if (grant.vendor === vendor) this.#byAccess.delete(access);
  }
}
