import { Controller, Inject } from '@nestjs/common';
import { principals, type Principal, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { authenticate } from './authenticate.js';

@Controller()
export class PrincipalHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(principals.authenticate)
  authenticate(request: RequestOf<typeof principals.authenticate>): Promise<Principal> {
    return authenticate(this.#parts, request);
  }
}
