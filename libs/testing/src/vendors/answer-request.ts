import { answerTokenRequest, isOurClient } from './answer-token-request.js';
import type { TokenDesk } from './answer-token-request.js';
import { bearer, fieldsOf, json } from './vendor.js';
import type { Asked, Presented, Reply, Vendor, VendorOauth } from './vendor.js';

export interface FrontDesk extends TokenDesk {
  readonly vendors: readonly Vendor[];
  /** The one key a vendor accepts. */
  readonly keyOf: (vendor: string) => string;
  /** What a vendor answers to everything just now; undefined: what it should. */
  readonly moodOf: (vendor: string) => Reply | undefined;
  /** What there is to read beyond the vendors' own calls. */
  readonly data: (asked: Asked) => Reply | null;
}

/** Any request to any vendor. */
export function answerRequest(asked: Asked, desk: FrontDesk): Reply {
  const here = desk.vendors.filter(({ hosts }) => hosts.includes(asked.host));
  for (const vendor of here) {
    const mood = desk.moodOf(vendor.name);
    if (mood !== undefined) return mood;
    const reply = answerAs(vendor, asked, desk);
    if (reply !== null) return reply;
  }
  return json(404, { message: 'Not Found' });
}

function answerAs(vendor: Vendor, asked: Asked, desk: FrontDesk): Reply | null {
  const { oauth } = vendor;
  if (oauth !== undefined) {
    const { token, revoke } = oauth;
    const isToken = asked.host === token.host && (asked.path === token.path || asked.path === token.refreshPath);
    if (isToken) return asked.method === 'POST' ? answerTokenRequest(vendor, oauth, asked, desk) : oauth.refusal('request');
    const revokePath = revoke?.path.replace('{client_id}', desk.app.clientId);
    if (revoke !== undefined && asked.host === revoke.host && asked.method === revoke.method && asked.path === revokePath) return answerRevocation(vendor, revoke, asked, desk);
  }
  const call = vendor.calls.find(({ method, host = asked.host, path }) => method === asked.method && host === asked.host && path === asked.path);
  const data = call === undefined ? desk.data(asked) : null;
  if (call === undefined && data === null) return null;
  const presented = (vendor.presented ?? bearer)(asked);
  const isAnonymous = presented === null && vendor.name === 'zendesk';
  if (!isAnonymous && !isAccepted(vendor, presented, desk)) return vendor.refused;
  if (call === undefined) return data;
  const wrong = call.wrong?.(asked) ?? null;
  return wrong === null ? call.reply(asked) : (desk.data(asked) ?? wrong);
}

function isAccepted({ name }: Vendor, presented: Presented | null, { ledger, keyOf }: FrontDesk): boolean {
  if (presented === null) return false;
  const { as, value } = presented;
  return (as !== 'key' && ledger.holds(name, value)) || (as !== 'token' && value === keyOf(name));
}

function answerRevocation(vendor: Vendor, revoke: NonNullable<VendorOauth['revoke']>, asked: Asked, desk: FrontDesk): Reply {
  if (revoke.client === 'token') {
    const presented = (vendor.presented ?? bearer)(asked);
    return presented !== null && desk.ledger.end(vendor.name, presented.value) ? revoke.ok : vendor.refused;
  }
  const fields = fieldsOf(asked, revoke.body ?? 'form');
  if (fields === null) return vendor.oauth!.refusal('request');
  if (!isOurClient(asked, fields, revoke.client, vendor.oauth!.names, desk.app)) return vendor.oauth!.refusal('client');
  const ended = desk.ledger.end(vendor.name, fields[revoke.tokenName ?? 'token'] ?? '');
  return ended ? revoke.ok : (revoke.unknown ?? revoke.ok);
}
