import type { Secret } from '@trunkline/contracts';

/** A further token of the same consent, which lives and is renewed by itself. */
export interface SecondToken {
  /** The connector's name for it. */
  readonly name: string;
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  readonly tokenType: string;
  readonly expiresInSeconds: number | null;
  /** Null: those asked for. */
  readonly scopes: string[] | null;
}

export interface GrantedTokens {
  readonly kind: 'granted';
  readonly accessToken: Secret;
  /** Null if the answer has none. After a refresh that means: the one used stays valid, keep it. */
  readonly refreshToken: Secret | null;
  readonly tokenType: string;
  /** Whole seconds from receipt, between 1 and ten years; null if the provider does not say (or says 0, less, or nonsense). */
  readonly expiresInSeconds: number | null;
  /** Half the round trip in milliseconds: count the life from that long before the answer came (the token was made on the way). */
  readonly ageMs: number;
  /** The granted scopes; null if the answer does not name them, which means: those asked for (RFC 6749 §5.1). */
  readonly scopes: string[] | null;
  /** Inputs of the connection that this answer fills, by name (Salesforce: `instance_url`). */
  readonly captured: Record<string, string>;
  /** Null where there is none. One that comes without a first takes the first's place. */
  readonly second: SecondToken | null;
  /** Seconds the refresh token lives from receipt; null if the provider does not say. */
  readonly refreshExpiresInSeconds: number | null;
}

/**
 * `reauth`: the grant is gone, only the person can renew it · `misconfigured`: the provider refuses our app or our request, an
 * operator must look; says nothing about the connection · `transient`: try again later; also everything not understood, because a
 * connection must never be given up for something that may pass.
 */
export type RefusalClass = 'reauth' | 'misconfigured' | 'transient';

export interface RefusedTokens {
  readonly kind: 'refused';
  readonly class: RefusalClass;
  /** The provider's error code if it is one (letters, digits, `_ . -`), else null. Never its description. */
  readonly error: string | null;
  readonly status: number | null;
  /** What the provider asks to wait, 1 s to 1 h. */
  readonly retryAfterMs: number | null;
  /** Whether the request may have reached the provider: then a rotating refresh token may be used up. */
  readonly sent: boolean;
  /** For people; holds no secret and nothing the provider wrote but the code. */
  readonly message: string;
  /** What the provider gave all the same, and cannot be used: whoever may end it at the provider should. */
  readonly unused?: GrantedTokens;
}

export type TokenOutcome = GrantedTokens | RefusedTokens;
