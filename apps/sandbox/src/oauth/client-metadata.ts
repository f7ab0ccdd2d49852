import type { ClientMetadata } from 'oidc-provider';
import type { ClientOptions } from '../options.js';

/** A client of the options in the words of RFC 7591. */
export function clientMetadata(client: ClientOptions): ClientMetadata {
  return {
    client_id: client.clientId,
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
    client_name: client.clientId,
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}
