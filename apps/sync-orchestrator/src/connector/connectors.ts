import type { OnApplicationShutdown, Provider } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { loadConnectors, UnknownConnectorError, type Catalog, type Connector, type LoadedCatalog } from '@trunkline/catalog';
import { egressFrom, type Egress } from '@trunkline/egress';
import { EventListener, RpcClient } from '@trunkline/messaging';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import type { Offer } from '../run/plan-run.js';

/** Injection token of the one way out of this service. */
export const EGRESS = Symbol('EGRESS');

const CATALOG = Symbol('CATALOG');

/** The connectors that can be read here, and the operator's settings their definitions may name. */
@Injectable()
export class Connectors implements OnApplicationShutdown {
  readonly settings: Readonly<Record<string, string>>;
  readonly #catalog: Catalog;
  readonly #egress: Egress;

  constructor(@Inject(CATALOG) { catalog, settings }: LoadedCatalog, @Inject(EGRESS) egress: Egress) {
    this.settings = settings;
    this.#catalog = catalog;
    this.#egress = egress;
  }

  /** Fetches what tenants defined of these ids. Before `find` and `offerOf`. @throws AppError when the registry cannot be asked and nothing is known */
  async ready(...ids: readonly (string | undefined)[]): Promise<void> {
    await this.#catalog.ready(...ids);
  }

  /** The same, but what cannot be known just now stays unknown. */
  async readyIfPossible(...ids: readonly (string | undefined)[]): Promise<void> {
    await Promise.allSettled(ids.map((id) => this.ready(id)));
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

  /** What it has to read; undefined if it is not offered here. */
  offerOf(id: string): Offer | undefined {
    const connector = this.find(id);
    return connector === undefined ? undefined : { streams: [...connector.streams.keys()], discovered: connector.discovered };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#egress.close();
  }
}

export const catalogProvider: Provider = {
  provide: CATALOG,
  inject: [SERVICE_CONTEXT, RpcClient, EventListener],
  useFactory: ({ config }: SyncContext, rpc: RpcClient, events: EventListener): Promise<LoadedCatalog> => loadConnectors(config, rpc, events),
};

export const egressProvider: Provider = {
  provide: EGRESS,
  inject: [SERVICE_CONTEXT],
  useFactory: ({ config }: SyncContext): Egress => egressFrom(config),
};
