import type { Scope } from '@trunkline/contracts';

/** Somebody who calls, as the test made it. `reach` and `scopes` are what the test gave it, not what the product says of it. */
export interface Caller {
  readonly name: string;
  readonly kind: 'nobody' | 'operator' | 'key' | 'person';
  readonly headers: Readonly<Record<string, string>>;
  /** Null: nobody (no key, a wrong one, a revoked one). */
  readonly rights: { readonly reach: 'installation' | 'platform' | 'project'; readonly scopes: readonly Scope[] } | null;
}

/** Whose thing a request names, seen from the caller's project. */
export const places = ['own', 'foreign project', 'foreign platform', 'nobody'] as const;
export type Place = (typeof places)[number];

/**
 * What a route is about: `public` anyone · `project` things of the project the caller works in · `platform` what belongs to a platform as
 * a whole · `managed` a project's own affairs (members, keys) that its admins look after too · `installation` the operator's.
 */
export type Realm = 'public' | 'project' | 'platform' | 'managed' | 'installation';

export type Noun =
  | 'platform'
  | 'project'
  | 'user'
  | 'member'
  | 'apiKey'
  | 'oauthApp'
  | 'signingKey'
  | 'connection'
  | 'keyConnection'
  | 'globalConnection'
  | 'connectLink'
  | 'flow'
  | 'run'
  | 'sync'
  | 'webhook'
  | 'connector'
  | 'connectorDefinition';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As in the OpenAPI document; `{id}` and the like stand for the target. */
  readonly path: string;
  readonly scope: Scope | null;
  readonly realm: Realm;
  /** The thing the path names; absent: it names none of a tenant. */
  readonly target?: Noun;
  readonly query?: string;
  readonly body?: (about: { readonly target: string; readonly other: string; readonly project: string; readonly user: string; readonly unique: string }) => unknown;
  /** The call is about the caller's own connection of the sandbox, which is made first. */
  readonly ownConnection?: true;
  /** Where the general rule does not say it: who may, seen from what the documentation promises. */
  readonly rule?: (caller: Caller, place: Place) => Expected | undefined;
}

/** `yes`: anything but a refusal of the caller. */
export type Expected = 401 | 403 | 404 | 'yes';

/** The whole rule of who may do what where, said once and independently of the code that enforces it. */
export function expected(caller: Caller, route: Route, place: Place): Expected {
  const { rights } = caller;
  if (route.realm !== 'public' && rights === null) return 401;
  const special = route.rule?.(caller, place);
  if (special !== undefined) return special;
  if (route.realm === 'public' || rights === null) return 'yes';
  const { reach, scopes } = rights;
  if (route.scope !== null && !scopes.includes('admin') && !scopes.includes(route.scope)) return 403;
  if (route.realm === 'installation' && reach !== 'installation') return 403;
  if (route.realm === 'platform' && reach === 'project') return 403;
  if (route.target === undefined || place === 'own') return 'yes';
  if (place === 'nobody') return 404;
  if (place === 'foreign platform') return reach === 'installation' && route.realm !== 'project' ? 'yes' : 404;
  // Another project of the same platform.
  return route.realm === 'project' || reach === 'project' ? 404 : 'yes';
}
