import { Controller, Inject } from '@nestjs/common';
import { connectLinks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { authorizeByLink } from './authorize-by-link.js';
import { claim } from './claim-link.js';
import { connectByLink } from './connect-by-link.js';
import { createConnectLink } from './create-connect-link.js';
import { getConnectLink } from './get-connect-link.js';
import { listConnectLinks } from './list-connect-links.js';
import { openLink } from './open-link.js';
import { revokeConnectLink } from './revoke-connect-link.js';

@Controller()
export class ConnectLinkHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connectLinks.create)
  create(request: RequestOf<typeof connectLinks.create>): Promise<ReplyOf<typeof connectLinks.create>> {
    return createConnectLink(this.#parts, request);
  }

  @Rpc(connectLinks.list)
  list(request: RequestOf<typeof connectLinks.list>): Promise<ReplyOf<typeof connectLinks.list>> {
    return listConnectLinks(this.#parts, request);
  }

  @Rpc(connectLinks.get)
  get(request: RequestOf<typeof connectLinks.get>): Promise<ReplyOf<typeof connectLinks.get>> {
    return getConnectLink(this.#parts, request);
  }

  @Rpc(connectLinks.revoke)
  revoke(request: RequestOf<typeof connectLinks.revoke>): Promise<ReplyOf<typeof connectLinks.revoke>> {
    return revokeConnectLink(this.#parts, request);
  }

  @Rpc(connectLinks.open)
  open(request: RequestOf<typeof connectLinks.open>): Promise<ReplyOf<typeof connectLinks.open>> {
    return openLink(this.#parts, request);
  }

  @Rpc(connectLinks.authorize)
  authorize(request: RequestOf<typeof connectLinks.authorize>): Promise<ReplyOf<typeof connectLinks.authorize>> {
    return authorizeByLink(this.#parts, request);
  }

  @Rpc(connectLinks.connect)
  connect(request: RequestOf<typeof connectLinks.connect>): Promise<ReplyOf<typeof connectLinks.connect>> {
    return connectByLink(this.#parts, request);
  }

  @Rpc(connectLinks.claim)
  claim(request: RequestOf<typeof connectLinks.claim>): Promise<ReplyOf<typeof connectLinks.claim>> {
    return claim(this.#parts, request);
  }
}
