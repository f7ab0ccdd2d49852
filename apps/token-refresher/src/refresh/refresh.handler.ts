import { Controller, Inject } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RefreshNow } from './refresh-now.js';

@Controller()
export class RefreshHandler {
  readonly #refresh: RefreshNow;

  constructor(@Inject(RefreshNow) refresh: RefreshNow) {
    this.#refresh = refresh;
  }

  @Rpc(credentials.refresh)
  refresh(request: RequestOf<typeof credentials.refresh>): Promise<ReplyOf<typeof credentials.refresh>> {
    return this.#refresh.refresh(request);
  }
}
