import { Controller, Inject } from '@nestjs/common';
import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createApiKey } from './create-api-key.js';
import { revokeApiKey } from './revoke-api-key.js';

@Controller()
export class ApiKeyHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(apiKeys.create)
  create(request: RequestOf<typeof apiKeys.create>): Promise<ReplyOf<typeof apiKeys.create>> {
    return createApiKey(this.#parts, request);
  }

  @Rpc(apiKeys.revoke)
  revoke(request: RequestOf<typeof apiKeys.revoke>): Promise<ReplyOf<typeof apiKeys.revoke>> {
    return revokeApiKey(this.#parts, request);
  }
}
