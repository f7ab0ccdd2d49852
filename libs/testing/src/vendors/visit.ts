import type { VendorApp } from './answer-token-request.js';
import type { Ledger } from './ledger.js';
import type { Vendor, VendorOauth } from './vendor.js';

const wrong = (url: URL, what: string) => new Error(`the consent page ${url.origin}${url.pathname} ${what}`);

/**
 * What a vendor's consent page does with a person who says yes: looks at the authorization URL as strictly as the vendor, and leads back with a
 * code that is bound to client, redirect address and challenge.
 *
 * @throws Error that says what the vendor would not accept
 */
export function visit(authorizationUrl: string, vendors: readonly Vendor[], app: VendorApp, ledger: Ledger): string {
  const url = new URL(authorizationUrl);
  const found = vendors.find(({ oauth }) => oauth?.authorize.host === url.host && oauth.authorize.path === url.pathname);
  if (url.protocol !== 'https:' || found?.oauth === undefined) throw wrong(url, 'does not exist');
  const { oauth } = found;
  const one = (name: string): string | null => {
    const values = url.searchParams.getAll(name);
    if (values.length > 1) throw wrong(url, `was given "${name}" more than once`);
    return values[0] ?? null;
  };
  if (one(oauth.names?.client_id ?? 'client_id') !== app.clientId) throw wrong(url, 'does not know this client');
  if (oauth.names?.client_id === undefined && one('response_type') !== 'code') throw wrong(url, 'knows only response_type=code');
  const redirect = one('redirect_uri') ?? '';
  if (!URL.canParse(redirect)) throw wrong(url, 'was given no redirect_uri');
  const state = one('state');
  if (state === null || state.length < 22) throw wrong(url, 'was given no state worth its name');
  const challenge = challengeIn(oauth, url, one);

  const back = new URL(redirect);
  const scopes = (one('scope') ?? '').split(/[ ,]/).filter((scope) => scope !== '');
  back.searchParams.set('code', ledger.giveCode({ vendor: found.name, redirectUri: redirect, challenge, scopes }));
  back.searchParams.set('state', state);
  oauth.callback?.(back.searchParams, app);
  return back.href;
}

function challengeIn(oauth: VendorOauth, url: URL, one: (name: string) => string | null): string | null {
  if (oauth.pkce === 'ignored') return null;
  const challenge = one('code_challenge');
  if (challenge === null) {
    if (oauth.pkce === 'required') throw wrong(url, 'demands PKCE');
    return null;
  }
  if (one('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)) throw wrong(url, 'takes S256 challenges only');
  return challenge;
}
