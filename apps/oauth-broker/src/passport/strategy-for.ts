import type { Oauth2Method } from '@trunkline/catalog';
import { scopesByToken } from '@trunkline/connector-kit';
import OAuth2Strategy from 'passport-oauth2';
import type { StateStore } from './state-store.js';

/** A code as it goes to the token endpoint. */
export interface Code {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string | undefined;
}

export interface StrategyData<Grant> {
  readonly oauth: Oauth2Method;
  /** The consent page, filled in for the connection's inputs. */
  readonly authorizeUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Of every token that is asked for. */
  readonly scopes: readonly string[];
  /** The person has consented before. */
  readonly reconnect: boolean;
  readonly store: StateStore;
  /** Turns a code into a grant. What it throws is what the run throws. */
  readonly exchange: (code: Code) => Promise<Grant>;
}

type Exchanged = (error: unknown, accessToken?: unknown, refreshToken?: unknown, results?: unknown) => void;
type Exchange = (code: string, params: Record<string, string | undefined>, done: Exchanged) => void;

/**
 * A connector's data as a passport-oauth2 strategy: passport builds the consent URL, PKCE (always offered unless the provider cannot)
 * and the order of the callback. Its own token request is replaced, because that one follows redirects, knows one way of client
 * authentication and goes out past our egress rules; so passport is given neither the client secret nor a token.
 */
export function strategyFor<Grant extends object>(data: StrategyData<Grant>): OAuth2Strategy {
  const { oauth, authorizeUrl, clientId, redirectUri, store, exchange } = data;
  const { first: scopes, second } = scopesByToken(oauth, data.scopes);
  const strategy = new OAuth2Strategy(
    {
      authorizationURL: authorizeUrl,
      tokenURL: 'https://replaced.invalid',
      clientID: clientId,
      clientSecret: '',
      callbackURL: redirectUri,
      scope: scopes.length === 0 ? undefined : [...scopes],
      scopeSeparator: oauth.scopeSeparator,
      pkce: oauth.pkce !== 'unsupported',
      store: store as never,
      skipUserProfile: true,
    },
    // Five parameters: the variant that is handed the whole answer, which is our grant.
    (_accessToken: string, _refreshToken: string, grant: Grant, _profile: unknown, done: OAuth2Strategy.VerifyCallback) => done(null, grant),
  );
  // A provider with its own word for the client's id at the token endpoint uses it on the consent page too (TikTok: app_id).
  const clientIdName = oauth.tokenRequest.parameterNames.client_id;
  strategy.authorizationParams = () => ({
    ...oauth.authorizeParams,
    ...(data.reconnect ? oauth.reauthorizeParams : {}),
    ...(second.length === 0 ? {} : { [oauth.tokenResponse.second!.scopeParameter]: second.join(oauth.scopeSeparator) }),
    ...(clientIdName === undefined ? {} : { [clientIdName]: clientId }),
  });
  const getOAuthAccessToken: Exchange = (code, params, done) => {
    exchange({ code, redirectUri, codeVerifier: params.code_verifier })
      .then((grant) => done(null, 'granted', undefined, grant))
      .catch(done);
  };
  (strategy as unknown as { _oauth2: { getOAuthAccessToken: Exchange } })._oauth2.getOAuthAccessToken = getOAuthAccessToken;
  return strategy;
}
