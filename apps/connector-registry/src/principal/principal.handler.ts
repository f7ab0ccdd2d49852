import { Controller, Inject } from '@nestjs/common';
import { principals, type Principal, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { authenticate } from './authenticate.js';
import { OutsideIssuerHolder } from './outside-issuer.provider.js';

@Controller()
export class PrincipalHandler {
  readonly #parts: RegistryParts;
  readonly #outside: OutsideIssuerHolder;

  constructor(@Inject(RegistryParts) parts: RegistryParts, @Inject(OutsideIssuerHolder) outside: OutsideIssuerHolder) {
    this.#parts = parts;
    this.#outside = outside;
  }

  @Rpc(principals.authenticate)
  authenticate(request: RequestOf<typeof principals.authenticate>): Promise<Principal> {
    return authenticate(this.#parts, this.#outside.issuer, request);
  }
}
