import { AppError } from '@trunkline/service';

/** Why a URL cannot be on a project's list of return URLs; null if it can. */
export function returnUrlProblem(text: string): string | null {
  const url = new URL(text);
  // `javascript:` and `data:` are URLs too, and a browser sent there would run them.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (url.hash !== '') return 'must not have a fragment (#…)';
  return null;
}

/**
 * A return URL must be one of the project's, letter for letter: anything looser (prefix, host only) has been an open redirect
 * somewhere (RFC 9700 §4.1). Who names none is sent to the first on the list; with an empty list, nowhere.
 * @throws AppError RETURN_URL_NOT_ALLOWED
 */
export function allowedReturnUrl(returnUrls: readonly string[], wanted: string | undefined): string | null {
  if (wanted === undefined) return returnUrls[0] ?? null;
  if (returnUrls.includes(wanted)) return wanted;
  throw new AppError('RETURN_URL_NOT_ALLOWED', "This return URL is not on the project's list: it must equal one of its returnUrls, letter for letter.");
}
