import { Controller, Inject } from '@nestjs/common';
import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { activate } from './activate.js';
import { authorize } from './authorize.js';
import { connect } from './connect.js';
import { disconnect } from './disconnect.js';
import { listConnections } from './list-connections.js';
import { toConnection } from './to-connection.js';

@Controller()
export class ConnectionHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connections.authorize)
  authorize(request: RequestOf<typeof connections.authorize>): Promise<ReplyOf<typeof connections.authorize>> {
    return authorize(this.#parts, request);
  }

  @Rpc(connections.connect)
  connect(request: RequestOf<typeof connections.connect>): Promise<ReplyOf<typeof connections.connect>> {
    return connect(this.#parts, request);
  }

  @Rpc(connections.list)
  list(request: RequestOf<typeof connections.list>): Promise<ReplyOf<typeof connections.list>> {
    return listConnections(this.#parts, request);
  }

  @Rpc(connections.disconnect)
  disconnect(request: RequestOf<typeof connections.disconnect>): Promise<ReplyOf<typeof connections.disconnect>> {
    return disconnect(this.#parts, request);
  }

  @Rpc(connections.activate)
  async activate(request: RequestOf<typeof connections.activate>): Promise<ReplyOf<typeof connections.activate>> {
    return toConnection(await activate(this.#parts, request));
  }
}
