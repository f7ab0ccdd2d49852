import { Inject, Injectable } from '@nestjs/common';
import { oauthApps, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';

export type RevealedApp = ReplyOf<typeof oauthApps.reveal>;

/**
 * Client ids and secrets for token requests, asked of their keeper and kept in memory for at most a minute: a thousand connections of
 * one connector that fall due together need one question, and a changed secret is in use a minute later.
 */
@Injectable()
export class OauthAppCache {
  readonly #rpc: RpcClient;
  readonly #keepMs: number;
  readonly #apps = new Map<string, { until: number; app: Promise<RevealedApp> }>();

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<TokenRefresherConfig>) {
    this.#rpc = rpc;
    this.#keepMs = context.config.oauthAppCacheMs;
  }

  /** @throws AppError ENTITY_NOT_FOUND if there is no such app, SERVICE_UNAVAILABLE if its keeper does not answer */
  reveal(oauthAppId: string): Promise<RevealedApp> {
    const known = this.#apps.get(oauthAppId);
    if (known !== undefined && known.until > performance.now()) return known.app;
    const app = this.#rpc.call(oauthApps.reveal, { oauthAppId });
    this.#apps.set(oauthAppId, { until: performance.now() + this.#keepMs, app });
    // A failure is not kept: the next caller asks again.
    app.catch(() => this.#drop(oauthAppId, app));
    return app;
  }

  /** The provider refused the app: whatever is in memory may be old. */
  forget(oauthAppId: string): void {
    this.#apps.delete(oauthAppId);
  }

  #drop(oauthAppId: string, app: Promise<RevealedApp>): void {
    if (this.#apps.get(oauthAppId)?.app === app) this.#apps.delete(oauthAppId);
  }
}
