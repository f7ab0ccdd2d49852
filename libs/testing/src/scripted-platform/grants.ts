import { createHash, randomBytes } from 'node:crypto';

/**
 * How refresh tokens behave: `strict`: each works once, and a second use ends the whole grant (RFC 9700 §4.14.2); `grace`: one that was
 * used goes on working; `none`: one refresh token for ever, which answers do not repeat.
 */
export type Rotation = 'strict' | 'grace' | 'none';

export interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly account: string;
}

export interface Grant {
  alive: boolean;
  readonly account: string;
  current: string;
  readonly refreshTokens: Set<string>;
  readonly accessTokens: Set<string>;
  rotation: Rotation;
  /** Requests for a new token that are being answered just now, and the most there were at once. */
  inFlight: number;
  mostInFlight: number;
  /** Refresh requests that reached the server, whatever became of them. */
  calls: number;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
}

const fresh = (kind: string) => `${kind}_${randomBytes(16).toString('hex')}`;

/** What an authorization server remembers: codes that work once, grants, and their tokens. */
export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #used = new Map<string, Grant>();
  readonly #byRefreshToken = new Map<string, Grant>();
  readonly all: Grant[] = [];

  constructor(private readonly rotation: () => Rotation) {}

  issueCode(code: Code): string {
    const value = fresh('code');
    this.#codes.set(value, code);
    return value;
  }

  /** Null: not valid, or not for whoever brings it. A code that comes twice ends what the first gave (RFC 6749 §4.1.2). */
  redeem(value: string, { clientId, redirectUri, verifier }: { clientId: string; redirectUri: string; verifier: string | null }): { tokens: Tokens; grant: Grant } | null {
    const code = this.#codes.get(value);
    this.#codes.delete(value);
    if (code === undefined) {
      const first = this.#used.get(value);
      if (first !== undefined) first.alive = false;
      return null;
    }
    const challenge = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
    if (code.clientId !== clientId || code.redirectUri !== redirectUri || code.challenge !== challenge) return null;
    const grant = this.open(code.account);
    this.#used.set(value, grant);
    return { tokens: { access_token: [...grant.accessTokens][0]!, refresh_token: grant.current }, grant };
  }

  /** As if somebody had consented. */
  open(account: string): Grant {
    const grant: Grant = {
      alive: true, account, current: fresh('rt'), refreshTokens: new Set(), accessTokens: new Set(), rotation: this.rotation(), inFlight: 0, mostInFlight: 0, calls: 0,
    };
    this.#keep(grant);
    grant.accessTokens.add(fresh('at'));
    this.all.push(grant);
    return grant;
  }

  find(refreshToken: string | null): Grant | undefined {
    return refreshToken === null ? undefined : this.#byRefreshToken.get(refreshToken);
  }

  /** Null: the refresh token is not valid (any more). */
  renew(refreshToken: string | null): Tokens | null {
    const grant = this.find(refreshToken);
    if (grant === undefined || !grant.alive) return null;
    if (grant.rotation === 'strict' && refreshToken !== grant.current) {
      grant.alive = false;
      return null;
    }
    const access_token = fresh('at');
    grant.accessTokens.add(access_token);
    if (grant.rotation === 'none') return { access_token };
    grant.current = fresh('rt');
    this.#keep(grant);
    return { access_token, refresh_token: grant.current };
  }

  /** Ends a token: an access token alone, a refresh token with everything of its grant. */
  revoke(token: string): void {
    const grant = this.find(token);
    if (grant !== undefined) grant.alive = false;
    for (const { accessTokens } of this.all) accessTokens.delete(token);
  }

  ownerOf(accessToken: string): Grant | undefined {
    return this.all.find(({ alive, accessTokens }) => alive && accessTokens.has(accessToken));
  }

  #keep(grant: Grant): void {
    grant.refreshTokens.add(grant.current);
    this.#byRefreshToken.set(grant.current, grant);
  }
}
