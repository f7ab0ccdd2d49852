/** Where a person goes afterwards: one of the project's return URLs, with what came of it. */
export function returnTarget(returnUrl: string, outcome: { readonly connected: string; readonly connectionId: string } | { readonly error: 'access_denied' }): string {
  const target = new URL(returnUrl);
  for (const [name, value] of Object.entries(outcome)) target.searchParams.set(name, value);
  return target.href;
}
