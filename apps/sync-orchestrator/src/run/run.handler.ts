import { Controller, Inject } from '@nestjs/common';
import { runs, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { FlowParts } from '../flow/flow-parts.js';
import { cancelRun } from './cancel-run.js';
import { getRun } from './get-run.js';
import { listQuarantined } from './list-quarantined.js';
import { listRuns } from './list-runs.js';
import { retryRun } from './retry-run.js';
import { startRun } from './start-run.js';

@Controller()
export class RunHandler {
  readonly #parts: FlowParts;

  constructor(@Inject(FlowParts) parts: FlowParts) {
    this.#parts = parts;
  }

  @Rpc(runs.start)
  start(request: RequestOf<typeof runs.start>): Promise<ReplyOf<typeof runs.start>> {
    return startRun(this.#parts, request);
  }

  @Rpc(runs.list)
  list(request: RequestOf<typeof runs.list>): Promise<ReplyOf<typeof runs.list>> {
    return listRuns(this.#parts, request);
  }

  @Rpc(runs.get)
  get(request: RequestOf<typeof runs.get>): Promise<ReplyOf<typeof runs.get>> {
    return getRun(this.#parts, request);
  }

  @Rpc(runs.cancel)
  cancel(request: RequestOf<typeof runs.cancel>): Promise<ReplyOf<typeof runs.cancel>> {
    return cancelRun(this.#parts, request);
  }

  @Rpc(runs.retry)
  retry(request: RequestOf<typeof runs.retry>): Promise<ReplyOf<typeof runs.retry>> {
    return retryRun(this.#parts, request);
  }

  @Rpc(runs.quarantined)
  quarantined(request: RequestOf<typeof runs.quarantined>): Promise<ReplyOf<typeof runs.quarantined>> {
    return listQuarantined(this.#parts, request);
  }
}
