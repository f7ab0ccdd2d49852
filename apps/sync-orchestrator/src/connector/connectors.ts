import type { OnApplicationShutdown, Provider } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Catalog, catalogFrom, UnknownConnectorError, type Connector } from '@trunkline/catalog';
import { egressFrom, type Egress } from '@trunkline/egress';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';

/** Injection token of the one way out of this service. */
export const EGRESS = Symbol('EGRESS');

/** The connectors that can be read here, and the operator's settings their definitions may name. */
@Injectable()
export class Connectors implements OnApplicationShutdown {
  readonly settings: Readonly<Record<string, string>>;
  readonly #catalog: Catalog;
  readonly #egress: Egress;

  constructor(@Inject(SERVICE_CONTEXT) context: SyncContext, @Inject(EGRESS) egress: Egress) {
    const { catalog, settings } = catalogFrom(context.config);
    this.settings = settings;
    this.#catalog = catalog;
    this.#egress = egress;
  }

  /** The connector of that id; undefined if it is not offered here. */
  find(id: string): Connector | undefined {
    try {
      return this.#catalog.get(id);
    } catch (error) {
      if (error instanceof UnknownConnectorError) return undefined;
      throw error;
    }
  }

  /** Its streams by name; undefined if it is not offered here. */
  streamsOf(id: string): string[] | undefined {
    const connector = this.find(id);
    return connector === undefined ? undefined : [...connector.streams.keys()];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#egress.close();
  }
}

export const egressProvider: Provider = {
  provide: EGRESS,
  inject: [SERVICE_CONTEXT],
  useFactory: ({ config }: SyncContext): Egress => egressFrom(config),
};
