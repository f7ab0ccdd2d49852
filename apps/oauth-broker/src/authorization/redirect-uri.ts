/** Which of our callback paths a provider is told to call. */
export type CallbackKind = 'connectors' | 'oauth';

/**
 * Where a provider sends the person back to: one address per connector, so that an answer of one provider cannot be passed off as
 * another's (RFC 9700 §4.4). It must be registered at the provider letter for letter.
 */
export const redirectUri = (publicUrl: string, callback: CallbackKind, connector: string): string => `${publicUrl}/api/${callback}/${connector}/callback`;

/** Codes that are sent there belong to walks that were begun here; whoever brings one from elsewhere did not get it by right. */
export function isOurCallback(publicUrl: string, url: string): boolean {
  const [ours, given] = [new URL(publicUrl), new URL(url)];
  return given.origin === ours.origin && given.pathname.startsWith(`${ours.pathname.replace(/\/+$/, '')}/api/`) && given.pathname.endsWith('/callback');
}
