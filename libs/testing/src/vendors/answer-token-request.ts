import { createVerify, verify, constants } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Ledger } from './ledger.js';
import { fieldsOf } from './vendor.js';
import type { Asked, Reply, Vendor, VendorOauth } from './vendor.js';

export interface VendorApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenDesk {
  readonly app: VendorApp;
  readonly ledger: Ledger;
  /** What verifies signed assertions; null: none is known, all are refused. */
  readonly assertionKey: KeyObject | null;
}

type Fields = Readonly<Record<string, string>>;

const formDecoded = (text: string): string => new URLSearchParams(`x=${text}`).get('x') ?? '';

/** Whether the client proves itself in the one way this vendor takes. */
export function isOurClient(asked: Asked, fields: Fields, how: 'basic' | 'post' | 'none', names: VendorOauth['names'], app: VendorApp): boolean {
  const id = fields[names?.client_id ?? 'client_id'];
  const secret = fields[names?.client_secret ?? 'client_secret'];
  const header = asked.headers['authorization'];
  if (how === 'none') return id === app.clientId && secret === undefined && header === undefined;
  if (how === 'post') return id === app.clientId && secret === app.clientSecret && header === undefined;
  const [name, word] = Buffer.from((header ?? '').replace(/^Basic /, ''), 'base64').toString('utf8').split(':').map(formDecoded);
  return name === app.clientId && word === app.clientSecret && secret === undefined;
}

/** A token endpoint: code, refresh token, the client itself, or a signed assertion. */
export function answerTokenRequest(vendor: Vendor, oauth: VendorOauth, asked: Asked, desk: TokenDesk): Reply {
  const fields = fieldsOf(asked, oauth.body ?? 'form');
  if (fields === null) return oauth.refusal('request');
  const isAssertion = fields['assertion'] !== undefined || fields['client_assertion'] !== undefined;
  if (isAssertion) return answerAssertion(vendor, oauth, asked, fields, desk);
  if (!isOurClient(asked, fields, oauth.client, oauth.names, desk.app)) return oauth.refusal('client');
  if (Object.entries(oauth.params ?? {}).some(([name, value]) => fields[name] !== value)) return oauth.refusal('request');

  const { ledger } = desk;
  const withRefresh = oauth.refresh === 'rotate' || oauth.refresh === 'keep';
  const at = asked.path === (oauth.token.refreshPath ?? oauth.token.path);
  switch (fields['grant_type']) {
    case 'authorization_code': {
      const code = fields[oauth.names?.code ?? 'code'] ?? '';
      const scopes = asked.path === oauth.token.path ? ledger.takeCode(vendor.name, code, fields['redirect_uri'] ?? '', fields['code_verifier']) : null;
      return scopes === null ? oauth.refusal('code') : granted(oauth, ledger.open(vendor.name, scopes, withRefresh), true);
    }
    case 'client_credentials':
      return oauth.clientCredentials ? granted(oauth, ledger.open(vendor.name, (fields['scope'] ?? '').split(' '), false), false) : oauth.refusal('request');
    case oauth.refreshGrant ?? 'refresh_token': {
      if (oauth.refresh === 'none' || !at) return oauth.refusal('request');
      const grant = ledger.renew(vendor.name, fields[oauth.names?.refresh_token ?? 'refresh_token'] ?? '', oauth.refresh);
      return grant === null ? oauth.refusal('refresh') : granted(oauth, grant, oauth.refresh === 'rotate');
    }
    default:
      return oauth.refusal('request');
  }
}

const granted = (oauth: VendorOauth, { access, refresh, scopes }: { access: string; refresh: string | null; scopes: readonly string[] }, withRefresh: boolean): Reply => ({
  status: 200,
  body: oauth.answer({ accessToken: access, refreshToken: withRefresh ? refresh : null, scopes, expiresIn: oauth.expiresIn }),
});

function answerAssertion(vendor: Vendor, oauth: VendorOauth, asked: Asked, fields: Fields, { ledger, assertionKey }: TokenDesk): Reply {
  const { assertion } = oauth;
  if (assertion === undefined) return oauth.refusal('request');
  const isGrant = assertion.grant === 'jwt_bearer';
  const expected = isGrant ? 'urn:ietf:params:oauth:grant-type:jwt-bearer' : 'client_credentials';
  const kind = isGrant || fields['client_assertion_type'] === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  if (fields['grant_type'] !== expected || !kind) return oauth.refusal('request');
  const audience = `https://${asked.host}${asked.path}`;
  const scopes = assertedScopes(fields[isGrant ? 'assertion' : 'client_assertion'] ?? '', assertion.algorithms, audience, assertionKey);
  return scopes === null ? oauth.refusal(isGrant ? 'refresh' : 'client') : granted(oauth, ledger.open(vendor.name, scopes, false), false);
}

/** The scopes of a JWT that is signed as the vendor asks, for this endpoint, and not expired; null for any other. */
function assertedScopes(jwt: string, algorithms: readonly string[], audience: string, key: KeyObject | null): string[] | null {
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: string };
    const { iss, aud, exp, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const seconds = Date.now() / 1_000;
    if (alg === undefined || !algorithms.includes(alg) || key === null || !isSigned(alg, `${head}.${claims}`, Buffer.from(signature, 'base64url'), key)) return null;
    if (typeof iss !== 'string' || aud !== audience || typeof exp !== 'number' || exp <= seconds || exp > seconds + 3_660) return null;
    return Array.isArray(scope) ? scope.map(String) : typeof scope === 'string' ? scope.split(/[ ,]/) : [];
  } catch {
    return null;
  }
}

function isSigned(alg: string, text: string, signature: Buffer, key: KeyObject): boolean {
  if (alg === 'RS256') return createVerify('sha256').update(text).verify(key, signature);
  if (alg === 'PS256') return verify('sha256', Buffer.from(text), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature);
  return alg === 'ES256' && verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
