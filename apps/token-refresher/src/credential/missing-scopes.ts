/**
 * Which of the required scopes were not granted. A provider that names no scopes at all has not refused any: what it granted is then what
 * was asked for (RFC 6749 §5.1), and only a call can tell. Pure.
 */
export function missingScopes(required: readonly string[], granted: readonly string[]): string[] {
  if (granted.length === 0) return [];
  const given = new Set(granted);
  return required.filter((scope) => !given.has(scope));
}
