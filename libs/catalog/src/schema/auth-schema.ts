import { z } from 'zod';
import { template } from '../template/template-schema.js';
import { urlTemplate } from '../template/url-template.js';
import { condition } from './condition.js';
import { headers } from './header-rules.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/** Where a credential goes in a request: the only places that may name `{{credential.…}}`. */
const placement = {
  headers: headers(['credential', 'inputs']).default({}),
  query: z.record(z.string().min(1).max(256), template(['credential'])).default({}),
};

const extraParams = z.record(z.string().min(1).max(128), z.string().max(1_024)).default({});

/** RFC 6749 §3.3 scope-token. */
const scopeToken = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is not a scope');

/** Names of the token endpoint's parameters, for dialects that call them otherwise (TikTok: app_id, secret, auth_code). */
const parameterNames = z.partialRecord(
  z.enum(['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope']),
  z.string().min(1).max(64),
);

const tokenResponse = shape({
  access_token: valuePath.prefault('access_token'),
  refresh_token: valuePath.prefault('refresh_token'),
  token_type: valuePath.prefault('token_type'),
  expires_in: valuePath.prefault('expires_in'),
  scope: valuePath.prefault('scope'),
  error: valuePath.prefault('error'),
  /** Must hold for a grant, for providers that answer 200 whatever happens (TikTok: code = 0). */
  success_when: condition.optional(),
  /** Life of an access token in seconds where the provider does not say one. */
  default_expires_in: z.int().min(1).max(315_360_000).optional(),
});

const oauth2 = shape(
  {
    authorize_url: urlTemplate.optional(),
    token_url: urlTemplate,
    /** Where to refresh, if not at `token_url`. */
    refresh_url: urlTemplate.optional(),
    /** The authorization server's identifier (RFC 9207, RFC 8414), checked at the callback when the provider sends `iss`. */
    issuer: urlTemplate.optional(),
    grant_types: z.array(z.enum(['authorization_code', 'client_credentials'])).min(1).default(['authorization_code']),
    /** Asked for always; what a stream needs more is in its file. */
    scopes: z.array(scopeToken).default([]),
    scope_separator: z.enum([' ', ',']).default(' '),
    pkce: z.enum(['required', 'supported', 'unsupported']),
    client_authentication: z.enum(['client_secret_basic', 'client_secret_post', 'none']),
    authorize_params: extraParams,
    token_params: extraParams,
    token_request: shape({ format: z.enum(['form', 'json']).default('form'), parameter_names: parameterNames.default({}) }).prefault({}),
    token_response: tokenResponse.prefault({}),
    /** Meaning of error codes that RFC 6749 does not define (GitHub: bad_refresh_token). */
    token_errors: z.record(z.string().min(1).max(64), z.enum(['reauth', 'misconfigured', 'transient'])).default({}),
    refresh: shape({ supported: z.boolean(), rotates: z.boolean().default(false) }).prefault({ supported: true }),
    /**
     * Without `authenticate_with` and `format`: RFC 7009. Others want the access token itself in place of the client
     * (Slack, Zendesk, Shopify) or a JSON body (QuickBooks).
     */
    revocation: shape({
      url: urlTemplate,
      method: z.enum(['POST', 'DELETE', 'GET']).default('POST'),
      format: z.enum(['form', 'json']).default('form'),
      authenticate_with: z.enum(['client', 'access_token']).default('client'),
    }).optional(),
    /** Values the provider hands over on the way, by the input they fill: from the token's answer, or the callback's query. */
    capture: shape({ token_response: z.record(z.string(), valuePath).default({}), callback: z.record(z.string(), z.string().max(64)).default({}) }).prefault({}),
    ...placement,
  },
  (value, report) => {
    if (value.grant_types.includes('authorization_code') && value.authorize_url === undefined) report([], 'authorization_code needs "authorize_url"');
    for (const name of [...Object.keys(value.authorize_params), ...Object.keys(value.token_params)]) {
      if (ownParameters.has(name)) report([], `"${name}" is set by the walk itself and cannot be an extra parameter`);
    }
  },
);
export type Oauth2Method = z.output<typeof oauth2>;

const ownParameters = new Set([
  'client_id',
  'client_secret',
  'redirect_uri',
  'response_type',
  'state',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'refresh_token',
]);

const customField = shape({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/).max(64),
  title: z.string().min(1).max(100),
  required: z.boolean().default(true),
});

/** The ways to connect, the preferred one first. */
export const authMethods = z
  .strictObject({
    OAUTH2: oauth2,
    SECRET_TEXT: shape(placement),
    /** RFC 7617. The user name can be wrapped (Zendesk: `{{credential.username}}/token`). */
    BASIC_AUTH: shape({
      username: template(['credential']).prefault('{{credential.username}}'),
      password: template(['credential']).prefault('{{credential.password}}'),
    }),
    CUSTOM_AUTH: shape({ fields: z.array(customField).min(1).max(16), ...placement }),
    NO_AUTH: shape({}),
  })
  .partial()
  .refine((methods) => Object.keys(methods).length > 0, { error: 'needs at least one way to connect' });
export type AuthMethods = z.output<typeof authMethods>;
