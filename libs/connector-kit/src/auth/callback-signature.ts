import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@trunkline/contracts';
import { checkedValues } from '../render/bind-connector.js';
import type { Target } from '../render/bind-connector.js';
import { renderText } from '../render/render-template.js';
import { oauthOf } from './oauth-endpoints.js';

/** Why a callback is not the provider's. */
export type UnsignedCallback = 'unsigned' | 'wrong-signature' | 'old-signature' | 'other-account';

/** A name or value cannot end its own place: `a=1&b=2` is two parameters, whatever is inside one. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('&', '%26');

/** All parameters but the signature itself (and the older one called so), sorted by name. */
const signedText = (query: Readonly<Record<string, string>>, parameter: string): string =>
  Object.keys(query)
    .filter((name) => name !== parameter && name !== 'signature')
    .sort()
    .map((name) => `${escaped(name).replaceAll('=', '%3D')}=${escaped(query[name]!)}`)
    .join('&');

export const callbackHmac = (query: Readonly<Record<string, string>>, parameter: string, clientSecret: Secret): Buffer =>
  createHmac('sha256', clientSecret.reveal()).update(signedText(query, parameter)).digest();

const hex = /^[0-9a-f]{64}$/i;

/**
 * Whether the provider itself sent a callback, for those that sign it with the client secret: compared in constant time, not older than the
 * connector says, and about the account that was asked for. Null: it did, or the connector's provider signs nothing.
 *
 * @param nowSeconds since 1970
 */
export function whyUnsigned(target: Target, query: Readonly<Record<string, string>>, clientSecret: Secret | null, nowSeconds: number): UnsignedCallback | null {
  const signature = oauthOf(target.connector).callbackSignature;
  if (signature === undefined) return null;
  const { parameter, timestampParameter, maxAgeSeconds, says } = signature;
  const given = Object.hasOwn(query, parameter) ? query[parameter]! : '';
  if (given === '' || clientSecret === null) return 'unsigned';
  if (!hex.test(given) || !timingSafeEqual(Buffer.from(given, 'hex'), callbackHmac(query, parameter, clientSecret))) return 'wrong-signature';
  const at = Object.hasOwn(query, timestampParameter) ? query[timestampParameter]! : '';
  if (!/^\d{1,12}$/.test(at) || Math.abs(nowSeconds - Number(at)) > maxAgeSeconds) return 'old-signature';
  const values = checkedValues(target, { whole: false });
  const isSaid = Object.entries(says).every(([name, template]) => Object.hasOwn(query, name) && query[name] === renderText(template, values));
  return isSaid ? null : 'other-account';
}
