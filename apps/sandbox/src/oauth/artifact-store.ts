import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Change, DurableMap } from '../storage/durable-map.js';

/** A token, code, grant, session, interaction or client as oidc-provider hands it over. */
export interface Artifact {
  payload: AdapterPayload;
  /** Seconds since the epoch; null for what never expires (clients). */
  expiresAt: number | null;
}

/** What dies with its grant. */
const OF_A_GRANT = ['AccessToken', 'RefreshToken', 'AuthorizationCode'];
const SWEEP_EVERY_WRITES = 1000;

export interface ArtifactStoreOptions {
  /** Makes the error a second use of a single-use artifact ends with. */
  alreadyUsed: (model: string) => Error;
  /** The clock in ms; default: the real one. */
  now?: () => number;
}

/** The state of the OAuth server in a durable map, in the shape oidc-provider asks for, plus a few ways to end many things at once. */
export class ArtifactStore {
  readonly #map: DurableMap<Artifact>;
  readonly #alreadyUsed: (model: string) => Error;
  readonly #now: () => number;
  readonly #keysOfGrant = new Map<string, Set<string>>();
  readonly #sessionOfUid = new Map<string, string>();
  #writes = 0;

  constructor(map: DurableMap<Artifact>, options: ArtifactStoreOptions) {
    this.#map = map;
    this.#alreadyUsed = options.alreadyUsed;
    this.#now = options.now ?? Date.now;
    for (const [key, artifact] of map.entries()) this.#index(key, artifact);
  }

  /** For compaction: an expired artifact is not worth keeping. */
  static keep(_key: string, artifact: Artifact): boolean {
    return artifact.expiresAt === null || artifact.expiresAt > Date.now() / 1000;
  }

  /** The adapter of one model; hand this method to oidc-provider. */
  readonly adapter = (model: string): Adapter => ({
    upsert: (id, payload, expiresIn) => {
      // A copy: oidc-provider goes on changing what it handed over (the authorizations of a session).
      const artifact: Artifact = { payload: structuredClone(payload), expiresAt: expiresIn ? Math.floor(this.#now() / 1000) + expiresIn : null };
      this.#sweepSometimes();
      this.#index(`${model}:${id}`, artifact);
      return this.#map.set(`${model}:${id}`, artifact);
    },
    find: (id) => Promise.resolve(structuredClone(this.#map.get(`${model}:${id}`)?.payload)),
    findByUid: (uid) => {
      const key = this.#sessionOfUid.get(uid);
      return Promise.resolve(key === undefined ? undefined : structuredClone(this.#map.get(key)?.payload));
    },
    findByUserCode: () => Promise.resolve(undefined), // device flow is off
    consume: (id) => this.#consume(model, id),
    destroy: (id) => this.#destroy([`${model}:${id}`]),
    revokeByGrantId: (grantId) => this.#destroy([...(this.#keysOfGrant.get(grantId) ?? [])]),
  });

  /** Whether a grant still stands. */
  hasGrant(grantId: string): boolean {
    return this.#map.has(`Grant:${grantId}`);
  }

  /** Ends every grant (of one account, or all) with all its tokens and codes. Returns how many grants ended. */
  async revokeGrants(account?: string): Promise<number> {
    const keys = this.#keysWhere((model, payload) => (model === 'Grant' || OF_A_GRANT.includes(model)) && (account === undefined || payload.accountId === account));
    await this.#destroy(keys);
    return keys.filter((key) => key.startsWith('Grant:')).length;
  }

  /** Ends every access token (of one account, or all); refresh tokens live on. Returns how many ended. */
  async expireAccessTokens(account?: string): Promise<number> {
    const keys = this.#keysWhere((model, payload) => model === 'AccessToken' && (account === undefined || payload.accountId === account));
    await this.#destroy(keys);
    return keys.length;
  }

  /**
   * Marks a code or refresh token as used, once. oidc-provider looks at the mark, then awaits other things, then sets it, so two
   * requests at the same moment would both get through. Here the second one fails and takes the grant with it, as a replay does
   * (RFC 9700 section 4.14.2, RFC 6749 section 4.1.2).
   */
  async #consume(model: string, id: string): Promise<void> {
    const key = `${model}:${id}`;
    const artifact = this.#map.get(key);
    if (!artifact) throw this.#alreadyUsed(model);
    if (artifact.payload.consumed) {
      const { grantId } = artifact.payload;
      if (grantId) await this.#destroy([`Grant:${grantId}`, ...(this.#keysOfGrant.get(grantId) ?? [])]);
      throw this.#alreadyUsed(model);
    }
    await this.#map.set(key, { ...artifact, payload: { ...artifact.payload, consumed: Math.floor(this.#now() / 1000) } });
  }

  #destroy(keys: string[]): Promise<void> {
    const present = keys.filter((key) => this.#map.has(key));
    for (const key of present) this.#unindex(key);
    return this.#map.change(present.map((key): Change<Artifact> => [key]));
  }

  #keysWhere(matches: (model: string, payload: AdapterPayload) => boolean): string[] {
    return [...this.#map.entries()].filter(([key, { payload }]) => matches(modelOf(key), payload)).map(([key]) => key);
  }

  #index(key: string, { payload }: Artifact): void {
    if (payload.grantId && OF_A_GRANT.includes(modelOf(key))) {
      const keys = this.#keysOfGrant.get(payload.grantId);
      if (keys) keys.add(key);
      else this.#keysOfGrant.set(payload.grantId, new Set([key]));
    }
    if (payload.uid && modelOf(key) === 'Session') this.#sessionOfUid.set(payload.uid, key);
  }

  #unindex(key: string): void {
    const payload = this.#map.get(key)?.payload;
    if (payload?.grantId) {
      const keys = this.#keysOfGrant.get(payload.grantId);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysOfGrant.delete(payload.grantId);
    }
    if (payload?.uid && this.#sessionOfUid.get(payload.uid) === key) this.#sessionOfUid.delete(payload.uid);
  }

  #sweepSometimes(): void {
    this.#writes += 1;
    if (this.#writes % SWEEP_EVERY_WRITES !== 0) return;
    const now = this.#now() / 1000;
    for (const [key, { expiresAt }] of this.#map.entries()) {
      if (expiresAt === null || expiresAt > now) continue;
      this.#unindex(key);
      this.#map.forget(key);
    }
  }
}

function modelOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}
