import type { Credential } from '../credential/credential.js';

/** Why somebody wants a newer token than the stored one. */
export type Demand =
  /** Its time has come (the sweep, or behind a resolve). */
  | { readonly kind: 'due' }
  /** The token must live at least this long. */
  | { readonly kind: 'lifetime'; readonly minimumSeconds: number }
  /** The provider answered 401 to this very token (SHA-256, hex). */
  | { readonly kind: 'rejected'; readonly tokenDigest: string }
  /** It is broken, and whether it still is shall be found out. */
  | { readonly kind: 'probe' }
  /** A person asked for a refresh: `askedAt` by `performance.now()`, `version` as it was then. */
  | { readonly kind: 'now'; readonly askedAt: number; readonly version: number };

/**
 * True if the credential as it is now satisfies the demand, so that no request to the provider is needed.
 * @param tokenDigest the stored access token's digest; asked for only where a rejected token is compared
 * @param now `performance.now()`
 */
export async function isMet(demand: Demand, credential: Credential, tokenDigest: () => Promise<string | null>, now: number = performance.now()): Promise<boolean> {
  switch (demand.kind) {
    case 'due':
      return !credential.due;
    case 'lifetime':
      return credential.secondsLeft === null || (credential.secondsLeft > 0 && credential.secondsLeft >= demand.minimumSeconds);
    case 'rejected':
      // Renewed on account of this value before and still the same: the provider keeps handing it out, asking again is no use (H5).
      return credential.suspectTokenDigest === demand.tokenDigest || (await tokenDigest()) !== demand.tokenDigest;
    case 'probe':
      return credential.status !== 'broken';
    case 'now':
      // Stored by anybody after the question was put counts, whoever asked for it: both durations are measured, no clocks are compared.
      return credential.version > demand.version || (credential.secondsSinceRefresh !== null && credential.secondsSinceRefresh * 1_000 <= now - demand.askedAt);
  }
}
