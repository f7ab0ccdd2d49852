/**
 * | kind | meaning | what helps |
 * |---|---|---|
 * | `unauthorized` | the credential is not accepted | refresh once, else reconnect |
 * | `forbidden` | accepted, but not allowed to do this | another scope or role |
 * | `rate_limited` | too many calls | wait `retryAfterMs` |
 * | `unavailable` | no complete answer, or the provider has trouble | try later |
 * | `rejected` | the request cannot succeed as it is: definition, inputs or address | a person |
 * | `malformed` | the answer is not what the definition says | a person, if it stays so |
 * | `looping` | the pages lead back to where they were, or never end | a person |
 */
export type ProviderErrorKind = 'unauthorized' | 'forbidden' | 'rate_limited' | 'unavailable' | 'rejected' | 'malformed' | 'looping';

/**
 * A call to a provider did not give what it should. The message is for people outside: it names the connector, the place and the
 * status, and never a query, a header or anything the provider wrote (providers like to quote the key they refuse).
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  /** HTTP status, null if there was no answer. */
  readonly status: number | null;
  /** How long the provider asks to wait, in milliseconds, between 1 s and 1 h; null if it says nothing. */
  readonly retryAfterMs: number | null;

  constructor(kind: ProviderErrorKind, message: string, details: { status?: number | null; retryAfterMs?: number | null } = {}) {
    super(message);
    this.kind = kind;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}
