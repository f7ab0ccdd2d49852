import OAuth2Strategy from 'passport-oauth2';

/** What a strategy decided. `granted` carries what its verify callback handed on. */
export type StrategyOutcome<User> =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'granted'; readonly user: User }
  | { readonly kind: 'denied'; readonly words: string | null };

/** The five ways in which a strategy ends, which passport's Express middleware puts on each request's copy of it. */
interface Ending<User> {
  redirect(url: string): void;
  success(user: User): void;
  fail(challenge?: { message?: string }): void;
  error(error: unknown): void;
  pass(): void;
}

/**
 * Passport without Express: one run of a strategy as a promise. A strategy keeps nothing of a request in itself, so a copy by
 * prototype with endings of its own is all that a run needs.
 * @throws what the exchange threw, or passport's AuthorizationError for an error the provider sent with the callback
 */
export function runStrategy<User>(strategy: OAuth2Strategy, query: Readonly<Record<string, string>>): Promise<StrategyOutcome<User>> {
  return new Promise((resolve, reject) => {
    const endings: Ending<User> = {
      redirect: (url) => resolve({ kind: 'redirect', url }),
      success: (user) => resolve({ kind: 'granted', user }),
      fail: (challenge) => resolve({ kind: 'denied', words: typeof challenge?.message === 'string' ? challenge.message : null }),
      // Passport wraps what the exchange threw.
      error: (error) => reject(error instanceof OAuth2Strategy.InternalOAuthError ? error.oauthError : error),
      pass: () => reject(new Error('the strategy passed')),
    };
    const run = Object.assign(Object.create(strategy) as OAuth2Strategy, endings);
    run.authenticate({ query } as never);
  });
}
