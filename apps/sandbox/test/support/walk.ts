import { createHash, randomBytes } from 'node:crypto';
import { CookieJar } from './cookie-jar.js';

/** The client the tests use. Nothing listens at its redirect URI: the walk stops there. */
export const CLIENT = {
  clientId: 'trunkline-sandbox',
  clientSecret: 'a-secret-only-for-tests',
  redirectUris: ['http://127.0.0.1:9/callback'],
};
const REDIRECT_URI = CLIENT.redirectUris[0] as string;

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  token_type: string;
}

export interface Walk {
  /** The parameters that came back to the client. */
  back: URLSearchParams;
  verifier: string;
  state: string;
  /** The consent page as it was shown. */
  page: string;
}

export interface WalkOptions {
  decision?: string;
  account?: string;
  /** More form fields. */
  form?: [string, string][];
  /** More or other parameters of the authorization request; undefined leaves one out. */
  parameters?: Record<string, string | undefined>;
  jar?: CookieJar;
}

/** Walks from the authorization request through the consent page back to the client, as a program does it. */
export async function walk(url: string, options: WalkOptions = {}): Promise<Walk> {
  const { decision = 'allow', account = 'acc_1', form = [], parameters = {}, jar = new CookieJar() } = options;
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const query = {
    response_type: 'code',
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URI,
    scope: 'crm.read crm.write',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const start = new URL('/oauth/auth', url);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) start.searchParams.set(name, value);
  const shown = await follow(start, {}, jar);
  if (shown.back) return { back: shown.back, verifier, state, page: '' };
  const page = await shown.response.text();
  if (shown.response.status !== 200) throw new Error(`No consent page but ${shown.response.status}: ${page}`);
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1];
  if (!action) throw new Error(`No form on the page: ${page}`);
  const body = new URLSearchParams([['decision', decision], ['account', account], ...form]);
  const done = await follow(new URL(action, url), { method: 'POST', body }, jar);
  if (!done.back) throw new Error(`The walk ended at ${done.response.status}: ${await done.response.text()}`);
  return { back: done.back, verifier, state, page };
}

async function follow(start: URL, init: RequestInit, jar: CookieJar): Promise<{ response: Response; back?: URLSearchParams }> {
  let url = start;
  let request = init;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(url, { ...request, redirect: 'manual', headers: { cookie: jar.header(url) } });
    jar.store(response);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return { response };
    url = new URL(location, url);
    if (url.href.startsWith(REDIRECT_URI)) return { response, back: url.searchParams };
    request = {};
  }
  throw new Error('Too many redirects');
}

export function basic(id = CLIENT.clientId, secret = CLIENT.clientSecret): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}

/** Calls the token endpoint. */
export async function token(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = { authorization: basic() },
): Promise<{ status: number; body: Tokens & { error?: string } }> {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Tokens & { error?: string } };
}

export function exchange(url: string, { back, verifier }: Walk) {
  return token(url, { grant_type: 'authorization_code', code: back.get('code') as string, redirect_uri: REDIRECT_URI, code_verifier: verifier });
}

export function refresh(url: string, refreshToken: string) {
  return token(url, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** The whole walk, to tokens. */
export async function connect(url: string, options: WalkOptions = {}): Promise<Tokens> {
  const { status, body } = await exchange(url, await walk(url, options));
  if (status !== 200) throw new Error(`The code was not exchanged: ${JSON.stringify(body)}`);
  return body;
}
