/** A request as a vendor sees it. */
export interface Asked {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A credential as a request carries it: an access token of an OAuth walk, or a key a person pasted. */
export interface Presented {
  readonly as: 'token' | 'key' | 'either';
  readonly value: string;
}

/** What was granted, for the vendor to put into its own words. */
export interface Granted {
  readonly accessToken: string;
  /** Null where this answer brings none. */
  readonly refreshToken: string | null;
  readonly scopes: readonly string[];
  readonly expiresIn: number;
}

export type Refusal = 'client' | 'code' | 'refresh' | 'request';

export interface VendorOauth {
  readonly authorize: { readonly host: string; readonly path: string };
  /** `ignored`: a challenge means nothing to this vendor, and no verifier is compared. */
  readonly pkce: 'required' | 'supported' | 'ignored';
  readonly token: { readonly host: string; readonly path: string; readonly refreshPath?: string };
  readonly body?: 'form' | 'json';
  /** How the client proves itself, and nothing else is taken. */
  readonly client: 'basic' | 'post' | 'none';
  readonly names?: Partial<Record<'client_id' | 'client_secret' | 'code' | 'refresh_token', string>>;
  /** Parameters every token request must have. */
  readonly params?: Readonly<Record<string, string>>;
  readonly expiresIn: number;
  /** `none`: there are no refresh tokens; `exchange`: the access token itself is exchanged; `rotate`: each is used once; `keep`: as long as it lives. */
  readonly refresh: 'none' | 'exchange' | 'rotate' | 'keep';
  readonly refreshGrant?: string;
  readonly clientCredentials?: boolean;
  readonly answer: (granted: Granted) => unknown;
  readonly refusal: (why: Refusal) => Reply;
  /** What the vendor adds to its redirect, signed with the app's secret where it signs. */
  readonly callback?: (query: URLSearchParams, app: { readonly clientSecret: string }) => void;
  readonly revoke?: {
    readonly host: string;
    readonly method: 'POST' | 'DELETE';
    readonly path: string;
    /** `token`: the token itself is the proof. */
    readonly client: 'basic' | 'post' | 'none' | 'token';
    readonly body?: 'form' | 'json';
    readonly tokenName?: string;
    readonly ok: Reply;
    readonly unknown?: Reply;
  };
  /** RFC 7523, where the vendor takes it: which algorithms, and in which place. */
  readonly assertion?: { readonly grant: 'jwt_bearer' | 'client_assertion'; readonly algorithms: readonly string[] };
}

export interface VendorCall {
  readonly method: 'GET' | 'POST';
  readonly host?: string;
  readonly path: string;
  /** What is wrong with the request besides its credential; null if nothing. */
  readonly wrong?: (asked: Asked) => Reply | null;
  readonly reply: (asked: Asked) => Reply;
}

/** One vendor as the platform meets it. */
export interface Vendor {
  readonly name: string;
  /** The connectors that lead to it. */
  readonly connectors: readonly string[];
  readonly hosts: readonly string[];
  readonly oauth?: VendorOauth;
  /** Default: `Authorization: Bearer`, token or key. */
  readonly presented?: (asked: Asked) => Presented | null;
  readonly refused: Reply;
  readonly calls: readonly VendorCall[];
}

export const json = (status: number, body: unknown): Reply => ({ status, body });
export const good = (body: unknown): Reply => json(200, body);

const tokenIn = (value: string | undefined, scheme: string): string | null =>
  value !== undefined && value.toLowerCase().startsWith(`${scheme.toLowerCase()} `) ? value.slice(scheme.length + 1) : null;

export const bearer = (asked: Asked, as: Presented['as'] = 'either'): Presented | null => {
  const value = tokenIn(asked.headers['authorization'], 'Bearer');
  return value === null ? null : { as, value };
};

export const inHeader = (name: string, as: Presented['as']) => (asked: Asked): Presented | null => {
  const value = asked.headers[name];
  return value === undefined ? null : { as, value };
};

export const inScheme = (scheme: string) => (asked: Asked): Presented | null => {
  const value = tokenIn(asked.headers['authorization'], scheme);
  return value === null ? null : { as: 'key', value };
};

/** RFC 7617; the user name must be the one the vendor expects. */
export const basic = (username: string) => (asked: Asked): Presented | null => {
  const pair = tokenIn(asked.headers['authorization'], 'Basic');
  if (pair === null) return null;
  const text = Buffer.from(pair, 'base64').toString('utf8');
  return text.startsWith(`${username}:`) ? { as: 'key', value: text.slice(username.length + 1) } : { as: 'key', value: '' };
};

export const firstOf = (...ways: ((asked: Asked) => Presented | null)[]) => (asked: Asked): Presented | null => {
  for (const way of ways) {
    const found = way(asked);
    if (found !== null) return found;
  }
  return null;
};

/** RFC 6749 §5.1 and §5.2, as most vendors answer. */
export const standardAnswer = ({ accessToken, refreshToken, scopes, expiresIn }: Granted): Record<string, unknown> => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  ...(refreshToken !== null && { refresh_token: refreshToken }),
  scope: scopes.join(' '),
});

const standardErrors: Readonly<Record<Refusal, Reply>> = {
  client: json(401, { error: 'invalid_client', error_description: 'Client authentication failed' }),
  code: json(400, { error: 'invalid_grant', error_description: 'The code is invalid, expired or used' }),
  refresh: json(400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }),
  request: json(400, { error: 'invalid_request' }),
};
export const standardRefusal = (why: Refusal): Reply => standardErrors[why];

/** What a request carries, as its content type says; null if it is written otherwise. */
export function fieldsOf(asked: Asked, format: 'form' | 'json'): Record<string, string> | null {
  const type = asked.headers['content-type'] ?? '';
  if (format === 'form') return type.startsWith('application/x-www-form-urlencoded') ? Object.fromEntries(new URLSearchParams(asked.body)) : null;
  if (!type.startsWith('application/json')) return null;
  try {
    const value: unknown = JSON.parse(asked.body);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, String(part)])) : null;
  } catch {
    return null;
  }
}

/** A refusal unless the GraphQL document asks for this field. */
export const asksFor = (field: string, wrong: Reply) => (asked: Asked): Reply | null => {
  const query = fieldsOf(asked, 'json')?.['query'] ?? '';
  return new RegExp(`\\b${field}\\b`).test(query) ? null : wrong;
};
