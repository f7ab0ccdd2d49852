import { z } from 'zod';
import { clientUrlTemplate } from '../template/url-template.js';
import { condition } from './condition.js';
import { shape } from './shape.js';

/**
 * Without `authenticate_with` and `format`: RFC 7009. Others want the access token itself in place of the client
 * (Slack, Zendesk, Shopify) or a JSON body (QuickBooks). The URL may name `{{app.client_id}}` (GitHub).
 */
export const revocation = shape({
  url: clientUrlTemplate,
  method: z.enum(['POST', 'DELETE', 'GET']).default('POST'),
  format: z.enum(['form', 'json']).default('form'),
  authenticate_with: z.enum(['client', 'access_token']).default('client'),
  /** Which tokens it takes: some know access tokens only (GitHub, TikTok). */
  takes: z.enum(['any', 'access_token']).default('any'),
  /** `grant`: whichever token is revoked, all that person and client have at the provider ends (Google, Shopify: the app is uninstalled). */
  ends: z.enum(['token', 'grant']).default('token'),
  /** How the client proves itself here, where it is not as at the token endpoint (GitHub). */
  client_authentication: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']).optional(),
  parameter_names: z.partialRecord(z.enum(['token', 'token_type_hint', 'client_id', 'client_secret']), z.string().min(1).max(64)).default({}),
  /** Whether the kind of the token is said (RFC 7009 §2.1: it may be). */
  token_type_hint: z.boolean().default(true),
  /** Must hold for an end, for providers that answer 200 whatever happens (Slack: ok). */
  success_when: condition.optional(),
});
