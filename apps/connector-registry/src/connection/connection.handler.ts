import { Controller, Inject } from '@nestjs/common';
import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { activate } from './activate.js';
import { authorize } from './authorize.js';
import { connect } from './connect.js';
import { deleteConnection } from './delete/delete-connection.js';
import { disconnect } from './delete/disconnect.js';
import { getConnection } from './get-connection.js';
import { disable, enable } from './hold-connection.js';
import { allConnections, listConnections } from './list/list-connections.js';
import { listOwners } from './list/list-owners.js';
import { replaceConnection } from './replace/replace-connection.js';
import { rotate } from './rotate.js';
import { updateConnection } from './update-connection.js';

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

  @Rpc(connections.all)
  all(request: RequestOf<typeof connections.all>): Promise<ReplyOf<typeof connections.all>> {
    return allConnections(this.#parts, request);
  }

  @Rpc(connections.get)
  get(request: RequestOf<typeof connections.get>): Promise<ReplyOf<typeof connections.get>> {
    return getConnection(this.#parts, request);
  }

  @Rpc(connections.update)
  update(request: RequestOf<typeof connections.update>): Promise<ReplyOf<typeof connections.update>> {
    return updateConnection(this.#parts, request);
  }

  @Rpc(connections.delete)
  delete(request: RequestOf<typeof connections.delete>): Promise<ReplyOf<typeof connections.delete>> {
    return deleteConnection(this.#parts, request);
  }

  @Rpc(connections.disconnect)
  disconnect(request: RequestOf<typeof connections.disconnect>): Promise<ReplyOf<typeof connections.disconnect>> {
    return disconnect(this.#parts, request);
  }

  @Rpc(connections.owners)
  owners(request: RequestOf<typeof connections.owners>): Promise<ReplyOf<typeof connections.owners>> {
    return listOwners(this.#parts, request);
  }

  @Rpc(connections.replace)
  replace(request: RequestOf<typeof connections.replace>): Promise<ReplyOf<typeof connections.replace>> {
    return replaceConnection(this.#parts, request);
  }

  @Rpc(connections.disable)
  disable(request: RequestOf<typeof connections.disable>): Promise<ReplyOf<typeof connections.disable>> {
    return disable(this.#parts, request);
  }

  @Rpc(connections.enable)
  enable(request: RequestOf<typeof connections.enable>): Promise<ReplyOf<typeof connections.enable>> {
    return enable(this.#parts, request);
  }

  @Rpc(connections.rotate)
  rotate(request: RequestOf<typeof connections.rotate>): Promise<ReplyOf<typeof connections.rotate>> {
    return rotate(this.#parts, request);
  }

  @Rpc(connections.activate)
  activate(request: RequestOf<typeof connections.activate>): Promise<ReplyOf<typeof connections.activate>> {
    return activate(this.#parts, request);
  }
}
