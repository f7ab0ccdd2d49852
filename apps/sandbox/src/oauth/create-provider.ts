import type { ClientMetadata, Configuration, KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import type * as OidcProvider from 'oidc-provider';
import { escapeHtml, htmlPage } from '../http/html-page.js';
import type { Account } from '../options.js';
import { CRM_SCOPES } from '../options.js';
import type { Settings } from '../settings.js';
import type { ArtifactStore } from './artifact-store.js';
import { acceptSecretOnlyAsRegistered } from './client-authentication.js';
import type { ServerKeys } from './server-keys.js';

const TEN_YEARS = 10 * 365 * 86_400;

export interface ProviderParts {
  /** The issuer identifier: `<publicUrl>/oauth`. */
  issuer: string;
  /** Read at each use, so that a change holds for the next token. */
  settings: Settings;
  accounts: Account[];
  clients: ClientMetadata[];
  keys: ServerKeys;
  artifacts: ArtifactStore;
}

/** Configures the OAuth server. Every helper that a request can reach is set here: the library prints a notice when it falls back to a default. */
export function createProvider(oidc: typeof OidcProvider, parts: ProviderParts): Provider {
  const { settings, accounts } = parts;
  const configuration: Configuration = {
    adapter: parts.artifacts.adapter,
    clients: parts.clients,
    jwks: { keys: [parts.keys.signing] },
    cookies: { keys: parts.keys.cookies },
    scopes: ['openid', 'offline_access', ...CRM_SCOPES],
    claims: { openid: ['sub', 'name'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    pkce: { required: () => true },
    // Lives are exact here: tests watch tokens expire, and one clock both issues and checks them.
    clockTolerance: 0,
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      RefreshToken: () => settings.refreshTokenSeconds,
      AuthorizationCode: () => 60,
      Interaction: () => 3600,
      Session: () => 86_400,
      IdToken: () => 3600,
      // A grant ends by revocation; its refresh tokens decide how long it is of use.
      Grant: () => TEN_YEARS,
    },
    // A plain OAuth client gets a refresh token without asking for `offline_access`, which OpenID Connect ties to prompt=consent.
    issueRefreshToken: (_ctx, client) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
    rotateRefreshToken: () => settings.rotation === 'rotate',
    expiresWithSession: () => Promise.resolve(false),
    // Each walk through consent makes its own grant, so revoking one connection leaves the others of that account alone.
    loadExistingGrant: (ctx) => {
      const grantId = (ctx.oidc.result as { consent?: { grantId?: string } } | undefined)?.consent?.grantId;
      return grantId === undefined ? Promise.resolve(undefined) : ctx.oidc.provider.Grant.find(grantId);
    },
    findAccount: (_ctx, id) => {
      const account = accounts.find((candidate) => candidate.id === id);
      return Promise.resolve(account && { accountId: id, claims: () => Promise.resolve({ sub: id, name: account.name }) });
    },
    interactions: { url: (_ctx, interaction) => Promise.resolve(`/interaction/${interaction.uid}`) },
    clientBasedCORS: () => false,
    renderError: (ctx, out) => Promise.resolve(renderError(ctx, out)),
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: true },
      revocation: {
        enabled: true,
        // RFC 7009 section 2.1: a token that was issued to another client is refused.
        allowedPolicy: (_ctx, client, token) => {
          if (token.clientId === client.clientId) return Promise.resolve(true);
          throw new oidc.errors.InvalidRequest('the token was issued to another client');
        },
      },
    },
  };
  const provider = new oidc.Provider(parts.issuer, configuration);
  acceptSecretOnlyAsRegistered(oidc, provider);
  // Behind a proxy that ends TLS the scheme comes from X-Forwarded-Proto; cookies and redirects would be wrong without it.
  provider.proxy = parts.issuer.startsWith('https:');
  return provider;
}

function renderError(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }): void {
  ctx.type = 'html';
  ctx.body = htmlPage({
    title: 'This authorization request cannot be answered',
    body: `<p>${escapeHtml(out.error_description ?? 'The request is not valid.')}</p><p><code>${escapeHtml(out.error)}</code></p>`,
  });
}
