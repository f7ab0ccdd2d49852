import { Controller, Inject } from '@nestjs/common';
import { oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { BrokerParts } from '../broker-parts.js';
import { deleteOauthApp } from './delete-oauth-app.js';
import { getOauthApp, listOauthApps } from './find-oauth-apps.js';
import { putOauthApp } from './put-oauth-app.js';
import { revealOauthApp } from './reveal-oauth-app.js';

@Controller()
export class OauthAppHandler {
  readonly #parts: BrokerParts;

  constructor(@Inject(BrokerParts) parts: BrokerParts) {
    this.#parts = parts;
  }

  @Rpc(oauthApps.list)
  list(request: RequestOf<typeof oauthApps.list>): Promise<ReplyOf<typeof oauthApps.list>> {
    return listOauthApps(this.#parts, request);
  }

  @Rpc(oauthApps.get)
  get(request: RequestOf<typeof oauthApps.get>): Promise<ReplyOf<typeof oauthApps.get>> {
    return getOauthApp(this.#parts, request);
  }

  @Rpc(oauthApps.put)
  put(request: RequestOf<typeof oauthApps.put>): Promise<ReplyOf<typeof oauthApps.put>> {
    return putOauthApp(this.#parts, request);
  }

  @Rpc(oauthApps.delete)
  delete(request: RequestOf<typeof oauthApps.delete>): Promise<ReplyOf<typeof oauthApps.delete>> {
    return deleteOauthApp(this.#parts, request);
  }

  @Rpc(oauthApps.reveal)
  reveal(request: RequestOf<typeof oauthApps.reveal>): Promise<ReplyOf<typeof oauthApps.reveal>> {
    return revealOauthApp(this.#parts, request);
  }
}
