import type { default as Provider } from 'oidc-provider';
import type * as OidcProvider from 'oidc-provider';

/**
 * Takes a client's secret only where the client registered to send it: header or body. oidc-provider lets either stand for the other;
 * many vendors do not, and a client that sends it in the wrong place must find out here. `compareClientSecret` is the library's own
 * place to decide about secrets (it is overridden to compare hashes).
 */
export function acceptSecretOnlyAsRegistered(oidc: typeof OidcProvider, provider: Provider): void {
  const prototype = provider.Client.prototype;
  const compare = prototype.compareClientSecret;
  prototype.compareClientSecret = function compareWhereRegistered(actual) {
    const inHeader = oidc.Provider.ctx?.headers.authorization !== undefined;
    return inHeader === (this.tokenEndpointAuthMethod === 'client_secret_basic') && compare.call(this, actual);
  };
}
