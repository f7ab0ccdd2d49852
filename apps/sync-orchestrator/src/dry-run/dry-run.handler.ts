import { Controller, Inject } from '@nestjs/common';
import { dryRuns, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { ReadFirstPage } from './read-first-page.js';

@Controller()
export class DryRunHandler {
  readonly #reading: ReadFirstPage;

  constructor(@Inject(ReadFirstPage) reading: ReadFirstPage) {
    this.#reading = reading;
  }

  @Rpc(dryRuns.read)
  read(request: RequestOf<typeof dryRuns.read>): Promise<ReplyOf<typeof dryRuns.read>> {
    return this.#reading.read(request);
  }
}
