import { Controller, Inject } from '@nestjs/common';
import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createApiKey } from './create-api-key.js';
import { getApiKey } from './get-api-key.js';
import { listApiKeys } from './list-api-keys.js';
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

  @Rpc(apiKeys.list)
  list(request: RequestOf<typeof apiKeys.list>): Promise<ReplyOf<typeof apiKeys.list>> {
    return listApiKeys(this.#parts, request);
  }

  @Rpc(apiKeys.get)
  get(request: RequestOf<typeof apiKeys.get>): Promise<ReplyOf<typeof apiKeys.get>> {
    return getApiKey(this.#parts, request);
  }

  @Rpc(apiKeys.revoke)
  revoke(request: RequestOf<typeof apiKeys.revoke>): Promise<ReplyOf<typeof apiKeys.revoke>> {
    return revokeApiKey(this.#parts, request);
  }
}
