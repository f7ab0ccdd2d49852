import { Controller, Inject } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RefreshHealth } from './refresh-health.js';
import { RefreshNow } from './refresh-now.js';

@Controller()
export class RefreshHandler {
  readonly #refresh: RefreshNow;

  readonly #health: RefreshHealth;

  constructor(@Inject(RefreshNow) refresh: RefreshNow, @Inject(RefreshHealth) health: RefreshHealth) {
    this.#refresh = refresh;
    this.#health = health;
  }

  @Rpc(credentials.refresh)
  refresh(request: RequestOf<typeof credentials.refresh>): Promise<ReplyOf<typeof credentials.refresh>> {
    return this.#refresh.refresh(request);
  }

  @Rpc(credentials.refreshHealth)
  health(request: RequestOf<typeof credentials.refreshHealth>): Promise<ReplyOf<typeof credentials.refreshHealth>> {
    return this.#health.health(request);
  }
}
