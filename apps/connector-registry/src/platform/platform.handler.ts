import { Controller, Inject } from '@nestjs/common';
import { platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createPlatform } from './create-platform.js';

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
}
