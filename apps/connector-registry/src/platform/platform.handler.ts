import { Controller, Inject } from '@nestjs/common';
import { platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createPlatform } from './create-platform.js';
import { getPlatform } from './get-platform.js';
import { listPlatforms } from './list-platforms.js';
import { updatePlatform } from './update-platform.js';

@Controller()
export class PlatformHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(platforms.create)
  create(request: RequestOf<typeof platforms.create>): Promise<ReplyOf<typeof platforms.create>> {
    return createPlatform(this.#parts, request);
  }

  @Rpc(platforms.list)
  list(request: RequestOf<typeof platforms.list>): Promise<ReplyOf<typeof platforms.list>> {
    return listPlatforms(this.#parts, request);
  }

  @Rpc(platforms.get)
  get(request: RequestOf<typeof platforms.get>): Promise<ReplyOf<typeof platforms.get>> {
    return getPlatform(this.#parts, request);
  }

  @Rpc(platforms.update)
  update(request: RequestOf<typeof platforms.update>): Promise<ReplyOf<typeof platforms.update>> {
    return updatePlatform(this.#parts, request);
  }
}
