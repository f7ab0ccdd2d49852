import { Controller, Inject } from '@nestjs/common';
import { connectorDefinitions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { deleteDefinition } from './delete-definition.js';
import { draftDefinition } from './draft/draft-definition.js';
import { putDefinition } from './put-definition.js';
import { checkDefinition, getDefinition, listDefinitions, revealDefinition } from './read-definitions.js';

type Contracts = typeof connectorDefinitions;

@Controller()
export class ConnectorDefinitionHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connectorDefinitions.put)
  put(request: RequestOf<Contracts['put']>): Promise<ReplyOf<Contracts['put']>> {
    return putDefinition(this.#parts, request);
  }

  @Rpc(connectorDefinitions.list)
  list(request: RequestOf<Contracts['list']>): Promise<ReplyOf<Contracts['list']>> {
    return listDefinitions(this.#parts, request);
  }

  @Rpc(connectorDefinitions.get)
  get(request: RequestOf<Contracts['get']>): Promise<ReplyOf<Contracts['get']>> {
    return getDefinition(this.#parts, request);
  }

  @Rpc(connectorDefinitions.delete)
  delete(request: RequestOf<Contracts['delete']>): Promise<ReplyOf<Contracts['delete']>> {
    return deleteDefinition(this.#parts, request);
  }

  @Rpc(connectorDefinitions.check)
  async check(request: RequestOf<Contracts['check']>): Promise<ReplyOf<Contracts['check']>> {
    return checkDefinition(request);
  }

  @Rpc(connectorDefinitions.draft)
  async draft(request: RequestOf<Contracts['draft']>): Promise<ReplyOf<Contracts['draft']>> {
    return draftDefinition(request);
  }

  @Rpc(connectorDefinitions.reveal)
  reveal(request: RequestOf<Contracts['reveal']>): Promise<ReplyOf<Contracts['reveal']>> {
    return revealDefinition(this.#parts, request);
  }
}
