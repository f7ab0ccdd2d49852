import { withDefaults, type Catalog, type Connector } from '@trunkline/catalog';
import type { Target } from '@trunkline/connector-kit';

/** The catalog together with the settings it was loaded with: what every call to a provider starts from. */
export class Connectors {
  readonly #catalog: Catalog;
  readonly #settings: Readonly<Record<string, string>>;

  constructor(catalog: Catalog, settings: Readonly<Record<string, string>>) {
    this.#catalog = catalog;
    this.#settings = settings;
  }

  /** Fetches what tenants defined under these names. Before `find` and `target`. @throws AppError when the registry cannot be asked and nothing is known */
  async ready(...names: readonly string[]): Promise<void> {
    await this.#catalog.ready(...names);
  }

  /** By id, alias or the reference's form. */
  find(name: string): Connector | undefined {
    return this.#catalog.find(name);
  }

  /** @returns undefined if the catalog has no connector of that id (any more) */
  target(connectorId: string, inputs: Readonly<Record<string, string>>): Target | undefined {
    const connector = this.#catalog.find(connectorId);
    return connector?.id === connectorId ? { connector, inputs: withDefaults(connector, inputs), settings: this.#settings } : undefined;
  }
}
