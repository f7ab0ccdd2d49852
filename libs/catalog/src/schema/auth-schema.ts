import { z } from 'zod';
import { template } from '../template/template-schema.js';
import { urlTemplate } from '../template/url-template.js';
import { condition } from './condition.js';
import { headers } from './header-rules.js';
import { lookup } from './lookup-schema.js';
import { revocation } from './revocation-schema.js';
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

/** `name` is what a client asks for it by; scopes that begin with it and a colon (`user:search:read`) are asked for it. */
const secondToken = shape({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be small letters, digits and "_"').max(32),
  /** The parameter of the consent URL that carries its scopes (Slack: user_scope). */
  scope_parameter: z.string().min(1).max(64),
  /** Asked for always. */
  scopes: z.array(scopeToken).default([]),
  access_token: valuePath,
  refresh_token: valuePath.optional(),
  token_type: valuePath.optional(),
  expires_in: valuePath.optional(),
  scope: valuePath.optional(),
});

const tokenResponse = shape({
  access_token: valuePath.prefault('access_token'),
  refresh_token: valuePath.prefault('refresh_token'),
  token_type: valuePath.prefault('token_type'),
  expires_in: valuePath.prefault('expires_in'),
  scope: valuePath.prefault('scope'),
  error: valuePath.prefault('error'),
  /** How long the refresh token lives, in seconds from now. */
  refresh_expires_in: valuePath.prefault('refresh_token_expires_in'),
  /** A further token of the same consent, which lives by itself (Slack: the person's beside the bot's). One that comes alone is the first. */
  second: secondToken.optional(),
  /** Must hold for a grant, for providers that answer 200 whatever happens (TikTok: code = 0). */
  success_when: condition.optional(),
  /** What parts the granted scopes, where it is not what parts those asked for (GitHub). */
  scope_separator: z.enum([' ', ',']).optional(),
  /** Life of an access token in seconds where the provider does not say one. */
  default_expires_in: z.int().min(1).max(315_360_000).optional(),
});

/** Meaning of error codes that RFC 6749 does not define (GitHub: bad_refresh_token). */
const tokenErrors = z.record(z.string().min(1).max(64), z.enum(['reauth', 'misconfigured', 'transient'])).default({});

const signatureAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** What a client says of itself with `private_key_jwt` (OpenID Connect Core §9, RFC 7523 §2.2). */
const clientAssertion = shape({
  /** Whom it is for: the token endpoint, or what servers of the newer profile ask for, the issuer. */
  audience: z.enum(['token_endpoint', 'issuer']).default('token_endpoint'),
  /** What the provider verifies; of those that fit the app's key, the first is used. */
  algorithms: z.array(z.enum(signatureAlgorithms)).min(1).default([...signatureAlgorithms]),
  lifetime_seconds: z.int().min(10).max(300).default(60),
});

/** A provider that signs what it sends to our callback with the client secret (Shopify), over all other parameters, sorted, as `k=v&k=v`. */
const callbackSignature = shape({
  /** The parameter that carries it. */
  parameter: z.string().min(1).max(64),
  algorithm: z.enum(['hmac_sha256_hex']),
  /** When it was signed, in seconds since 1970. */
  timestamp_parameter: z.string().min(1).max(64),
  max_age_seconds: z.int().min(10).max(3_600).default(600),
  /** What else the callback must say: it is for this very account, and not another one of the same app. */
  says: z.record(z.string().min(1).max(64), template(['inputs'])).default({}),
});

const oauth2 = shape(
  {
    authorize_url: urlTemplate.optional(),
    token_url: urlTemplate.optional(),
    /** The endpoints as the authorization server publishes them (RFC 8414, OpenID Connect Discovery), in place of those written here. */
    discovery: shape({ issuer: urlTemplate }).optional(),
    /** Where to refresh, if not at `token_url`. */
    refresh_url: urlTemplate.optional(),
    /** The authorization server's identifier (RFC 9207, RFC 8414), checked at the callback when the provider sends `iss`. */
    issuer: urlTemplate.optional(),
    /** The provider names itself with every answer (RFC 9207): one that does not is refused. */
    issuer_required: z.boolean().default(false),
    grant_types: z.array(z.enum(['authorization_code', 'client_credentials'])).min(1).default(['authorization_code']),
    /** Asked for always; what a stream needs more is in its file. */
    scopes: z.array(scopeToken).default([]),
    scope_separator: z.enum([' ', ',']).default(' '),
    pkce: z.enum(['required', 'supported', 'unsupported']),
    client_authentication: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']),
    client_assertion: clientAssertion.prefault({}),
    callback_signature: callbackSignature.optional(),
    authorize_params: extraParams,
    /** Besides them, when a connection is connected again (Google: the new consent adds to the grant there is). */
    reauthorize_params: extraParams,
    token_params: extraParams,
    token_request: shape({ format: z.enum(['form', 'json']).default('form'), parameter_names: parameterNames.default({}) }).prefault({}),
    token_response: tokenResponse.prefault({}),
    token_errors: tokenErrors,
    refresh: shape({
      supported: z.boolean(),
      rotates: z.boolean().default(false),
      /** What `grant_type` says, where it is not "refresh_token" (Meta: fb_exchange_token). */
      grant_type: z.string().min(1).max(128).default('refresh_token'),
    }).prefault({ supported: true }),
    revocation: revocation.optional(),
    /** Values the provider hands over on the way, by the input they fill. A value the person gives goes before them. */
    capture: shape({
      token_response: z.record(z.string(), valuePath).default({}),
      callback: z.record(z.string(), z.string().max(64)).default({}),
      lookup: lookup.optional(),
    }).prefault({}),
    ...placement,
  },
  (value, report) => {
    if (value.discovery !== undefined) {
      for (const name of ['authorize_url', 'token_url', 'refresh_url', 'issuer'] as const) {
        if (value[name] !== undefined) report([name], 'is published by the issuer of "discovery"');
      }
    } else {
      if (value.token_url === undefined) report([], 'needs "token_url" or "discovery"');
      if (value.grant_types.includes('authorization_code') && value.authorize_url === undefined) report([], 'authorization_code needs "authorize_url"');
      if (value.issuer === undefined && value.issuer_required) report(['issuer_required'], 'needs "issuer"');
      if (value.issuer === undefined && value.client_assertion.audience === 'issuer') report(['client_assertion', 'audience'], 'needs "issuer"');
    }
    if (value.callback_signature !== undefined && (value.client_authentication === 'none' || value.client_authentication === 'private_key_jwt')) {
      report(['callback_signature'], 'is made with a client secret, which "client_authentication" does not have');
    }
    if (new Set(value.client_assertion.algorithms).size < value.client_assertion.algorithms.length) report(['client_assertion', 'algorithms'], 'names an algorithm twice');
    for (const name of [...Object.keys(value.authorize_params), ...Object.keys(value.reauthorize_params), ...Object.keys(value.token_params)]) {
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

/** What an assertion is made from: the credential's fields and the connection's inputs. */
const claim = template(['credential', 'inputs', 'settings']);

/** Set by whoever signs: a definition that could set them could make a key speak for somebody else, or for ever. */
const ownClaims = new Set(['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'scope']);
const ownAssertionParameters = new Set(['grant_type', 'assertion', 'client_assertion', 'client_assertion_type']);
/** RFC 7523: a signed assertion for an access token, which no person has to renew. */
const jwtBearer = shape(
  {
    token_url: urlTemplate,
    /** `jwt_bearer`: the assertion is the grant (§2.1); `client_assertion`: client credentials, with it in place of a client secret (§2.2). */
    grant: z.enum(['jwt_bearer', 'client_assertion']),
    /** What the provider verifies; of those that fit the key, the first is used. */
    algorithms: z.array(z.enum(signatureAlgorithms)).min(1),
    issuer: claim,
    /** Left out: the same as the issuer, as §3 asks of a client. One whose variable has no value is not sent (Google: only for delegation). */
    subject: claim.optional(),
    /** Left out, or without a value: the token URL. */
    audience: claim.optional(),
    /** The header `kid`. */
    key_id: claim.optional(),
    claims: z.record(z.string().min(1).max(128), claim).default({}),
    lifetime_seconds: z.int().min(60).max(3_600).default(300),
    fields: z.array(customField).max(16).default([]),
    token_params: z.record(z.string().min(1).max(128), claim).default({}),
    token_response: tokenResponse.prefault({}),
    token_errors: tokenErrors,
    scopes: z.array(scopeToken).default([]),
    scope_separator: z.enum([' ', ',']).default(' '),
    /** Where the scopes are asked for: beside the assertion, or inside it (Google, NetSuite). */
    scope_in: z.enum(['parameter', 'claim']).default('parameter'),
    revocation: revocation.optional(),
    ...placement,
  },
  (value, report) => {
    for (const name of Object.keys(value.claims)) if (ownClaims.has(name)) report(['claims', name], 'is set by the signing itself and cannot be an extra claim');
    for (const name of Object.keys(value.token_params)) {
      if (ownAssertionParameters.has(name)) report(['token_params', name], 'is set by the walk itself and cannot be an extra parameter');
    }
    if (new Set(value.algorithms).size < value.algorithms.length) report(['algorithms'], 'names an algorithm twice');
    for (const [index, { name }] of value.fields.entries()) {
      if (name === 'access_token') report(['fields', index, 'name'], 'is the name of the token that is given for the assertion');
    }
  },
);
export type JwtBearerMethod = z.output<typeof jwtBearer>;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** The ways to connect, the preferred one first. */
export const authMethods = z
  .strictObject({
    OAUTH2: oauth2,
    JWT_BEARER: jwtBearer,
    /** SSH: a user name and a private key. It goes into no request, so nothing is placed. */
    KEY_PAIR: shape({}),
    SECRET_TEXT: shape({
      ...placement,
      /** A key that is a password: Basic authentication with a user name that is no secret (Zendesk, Gorgias: an agent's e-mail). */
      basic: shape({ username: template(['credential', 'inputs']), password: template(['credential']).prefault('{{credential.secret_text}}') }).optional(),
    }),
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
