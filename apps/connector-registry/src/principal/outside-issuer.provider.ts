import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { egressFrom } from '@trunkline/egress';
import type { RegistryConfig } from '../config.js';
import type { OidcSettings } from './oidc-settings.js';
import { OutsideIssuer } from './outside-issuer.js';

/** Below the deadline of the question that waits for it. */
const timeoutMs = 3_000;

/** The outside issuer, if one is configured, with a way out of its own. */
@Injectable()
export class OutsideIssuerHolder implements OnApplicationShutdown {
  readonly issuer: OutsideIssuer | null;

  constructor(settings: OidcSettings | null, config: RegistryConfig) {
    this.issuer = settings === null ? null : new OutsideIssuer(settings, egressFrom(config, { timeoutMs }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.issuer?.close();
  }
}
