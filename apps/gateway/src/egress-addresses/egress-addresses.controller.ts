import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { endpoint, Serve } from '../http/endpoint.js';
import { egressRegion, type EgressRegion } from './egress-addresses.js';

const list = endpoint({
  method: 'GET', path: '/api/v1/egress-addresses', operation: 'listEgressAddresses', tag: 'Catalog', summary: 'The addresses requests to systems come from',
  description: 'For the allowlist of a system that lets in only known addresses. Empty unless the operator has published them (TRUNKLINE_EGRESS_ADDRESSES).',
  reply: z.object({ regions: z.array(egressRegion) }),
});

@Controller()
export class EgressAddressesController {
  readonly #regions: EgressRegion[];

  constructor(@Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#regions = context.config.egressAddresses;
  }

  @Serve(list)
  list() {
    return { regions: this.#regions };
  }
}
