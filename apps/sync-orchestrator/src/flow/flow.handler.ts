import { Controller, Inject } from '@nestjs/common';
import { flows, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { createFlow } from './create-flow.js';
import { deleteFlow } from './delete-flow.js';
import { FlowParts } from './flow-parts.js';
import { flowUsage } from './flow-usage.js';
import { getFlow } from './get-flow.js';
import { listFlows } from './list-flows.js';
import { replaceConnection } from './replace-connection.js';
import { updateFlow } from './update-flow.js';

@Controller()
export class FlowHandler {
  readonly #parts: FlowParts;

  constructor(@Inject(FlowParts) parts: FlowParts) {
    this.#parts = parts;
  }

  @Rpc(flows.create)
  create(request: RequestOf<typeof flows.create>): Promise<ReplyOf<typeof flows.create>> {
    return createFlow(this.#parts, request);
  }

  @Rpc(flows.list)
  list(request: RequestOf<typeof flows.list>): Promise<ReplyOf<typeof flows.list>> {
    return listFlows(this.#parts, request);
  }

  @Rpc(flows.get)
  get(request: RequestOf<typeof flows.get>): Promise<ReplyOf<typeof flows.get>> {
    return getFlow(this.#parts, request);
  }

  @Rpc(flows.update)
  update(request: RequestOf<typeof flows.update>): Promise<ReplyOf<typeof flows.update>> {
    return updateFlow(this.#parts, request);
  }

  @Rpc(flows.delete)
  delete(request: RequestOf<typeof flows.delete>): Promise<ReplyOf<typeof flows.delete>> {
    return deleteFlow(this.#parts, request);
  }

  @Rpc(flows.usage)
  usage(request: RequestOf<typeof flows.usage>): Promise<ReplyOf<typeof flows.usage>> {
    return flowUsage(this.#parts, request);
  }

  @Rpc(flows.replaceConnection)
  replaceConnection(request: RequestOf<typeof flows.replaceConnection>): Promise<ReplyOf<typeof flows.replaceConnection>> {
    return replaceConnection(this.#parts, request);
  }
}
