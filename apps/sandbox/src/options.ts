import { z } from 'zod';

/** The scopes the CRM API knows. `openid` and `offline_access` are accepted besides. */
export const CRM_SCOPES = ['crm.read', 'crm.write'] as const;

/** The data streams of the CRM API, each with its own way of paging. */
export const STREAMS = ['contacts', 'companies', 'deals', 'activities'] as const;
export type Stream = (typeof STREAMS)[number];

const seconds = z.number().int().min(1).max(10 * 365 * 86_400);

/** An OAuth client that may use the sandbox. */
export const clientOptions = z
  .strictObject({
    /** Identifier of the client (default `trunkline-sandbox`). */
    clientId: z.string().min(1).max(200).default('trunkline-sandbox'),
    /** Its secret; left out for a public client (`tokenEndpointAuthMethod: 'none'`) only. */
    clientSecret: z.string().min(1).optional(),
    /** Exact redirect URIs it may name. */
    redirectUris: z.array(z.url({ protocol: /^https?$/ })).min(1),
    /** How it proves itself at the token and revocation endpoints (default `client_secret_basic`). No other way is accepted. */
    tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'client_secret_post', 'none']).default('client_secret_basic'),
  })
  .refine((client) => (client.tokenEndpointAuthMethod === 'none') === (client.clientSecret === undefined), {
    message: "a client needs a clientSecret, unless its tokenEndpointAuthMethod is 'none', which excludes one",
    path: ['clientSecret'],
  });
export type ClientOptions = z.output<typeof clientOptions>;

/** An API key: the other way into the CRM API, sent as `X-Api-Key`. */
export const apiKeyOptions = z.strictObject({
  /** The key itself. */
  key: z.string().min(8).max(200),
  /** The account whose data it opens (default: the first account). */
  account: z.string().min(1).optional(),
  /** What it may do (default: everything). */
  scopes: z.array(z.enum(CRM_SCOPES)).default([...CRM_SCOPES]),
});
export type ApiKeyOptions = z.output<typeof apiKeyOptions>;

/** How many requests one credential (grant or API key) may make in a window; beyond it: 429 with Retry-After. */
export const rateLimitOptions = z.strictObject({
  requests: z.number().int().min(1),
  perSeconds: z.number().min(0.05).max(86_400),
});

/** An account of the CRM: a person picks one on the consent page; each has its own data. */
export const accountOptions = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]{1,64}$/, 'an account id is made of a-z, 0-9 and _'),
  name: z.string().min(1).max(200),
  plan: z.string().min(1).max(64).default('professional'),
});
export type Account = z.output<typeof accountOptions>;

const count = (fallback: number) => z.number().int().min(0).max(5_000_000).default(fallback);

/** Options of `startSandbox`. Every one has a default, so `{}` is a complete answer. */
export const sandboxOptions = z
  .strictObject({
    /** Address to listen on. */
    host: z.string().min(1).default('127.0.0.1'),
    /** Port to listen on; 0 takes a free one. */
    port: z.number().int().min(0).max(65_535).default(0),
    /**
     * Origin under which clients reach the sandbox (`https://host[:port]`, no path): base of the issuer and of every link.
     * Default: `http://host:port` as bound.
     */
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .refine((url) => `${new URL(url).origin}/` === new URL(url).href, 'publicUrl is an origin: no user, path, query or fragment')
      .transform((url) => new URL(url).origin)
      .optional(),
    /** Folder for grants, signing and cookie keys, API keys, clients and record changes. Left out: memory only. One sandbox per folder. */
    dataDir: z.string().min(1).optional(),
    /** True when the surrounding program runs in production mode: the sandbox then refuses to start. */
    production: z.boolean().default(false),
    /** The same seed gives the same records. */
    seed: z.number().int().min(0).max(2 ** 32 - 1).default(42),
    /** Live records of each stream in each account; one tombstone for every full hundred comes on top. */
    records: z
      .strictObject({ contacts: count(3000), companies: count(800), deals: count(1200), activities: count(2000) })
      .prefault({}),
    /** Smallest size of a record in bytes: shorter ones are padded with a `notes` text. 0: natural size (a contact has 400 to 600 bytes). */
    recordBytes: z.number().int().min(0).max(1_000_000).default(0),
    /** Largest page a client may ask for; the default page is 100, or this if less. */
    pageSizeMax: z.number().int().min(1).max(10_000).default(200),
    /** Life of an access token. Settable while running. */
    accessTokenSeconds: seconds.default(3600),
    /** Life of a refresh token, counted from its issue. Settable while running. */
    refreshTokenSeconds: seconds.default(30 * 86_400),
    /**
     * `rotate`: each refresh gives a new refresh token, and using an old one again revokes the whole grant. `none`: the refresh token
     * stays. Settable while running.
     */
    rotation: z.enum(['rotate', 'none']).default('rotate'),
    /** OAuth clients known from the start. One with a secret and redirect URIs is `trunkline-sandbox`. More can be registered while running. */
    clients: z.array(clientOptions).default([]),
    /** API keys known from the start. */
    apiKeys: z.array(apiKeyOptions).default([{ key: 'sandbox-api-key', scopes: [...CRM_SCOPES] }]),
    /** Accounts to choose from on the consent page. */
    accounts: z
      .array(accountOptions)
      .min(1)
      .default([
        { id: 'acc_1', name: 'Acme GmbH', plan: 'enterprise' },
        { id: 'acc_2', name: 'Globex', plan: 'professional' },
        { id: 'acc_3', name: 'Søren & Überlicht AG', plan: 'starter' },
      ]),
    /** Time each answer is held back. Settable while running. */
    latencyMs: z.number().int().min(0).max(600_000).default(0),
    /** Limit for each credential; null: none. Settable while running. */
    rateLimit: rateLimitOptions.nullable().default(null),
  })
  .superRefine((options, context) => {
    const ids = new Set(options.accounts.map((account) => account.id));
    if (ids.size !== options.accounts.length) context.addIssue({ code: 'custom', path: ['accounts'], message: 'account ids must differ' });
    options.apiKeys.forEach((key, index) => {
      if (key.account !== undefined && !ids.has(key.account)) {
        context.addIssue({ code: 'custom', path: ['apiKeys', index, 'account'], message: `there is no account ${key.account}` });
      }
    });
    const clientIds = options.clients.map((client) => client.clientId);
    if (new Set(clientIds).size !== clientIds.length) context.addIssue({ code: 'custom', path: ['clients'], message: 'client ids must differ' });
  });

/** What a caller may pass to `startSandbox`. */
export type SandboxOptions = z.input<typeof sandboxOptions>;
/** The options with every default filled in. */
export type ResolvedOptions = z.output<typeof sandboxOptions>;
