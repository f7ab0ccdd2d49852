/**
 * Passport's port for what must be remembered between the two halves of a walk (its StateStore). Passport tells its variants apart by
 * the number of parameters: five for `store` and four for `verify` are those with PKCE.
 */
export interface StateStore {
  store(request: unknown, codeVerifier: string | undefined, state: unknown, meta: unknown, done: (error: unknown, state?: string) => void): void;
  verify(request: unknown, state: string, meta: unknown, done: (error: unknown, ok?: string | boolean, state?: unknown) => void): void;
}
