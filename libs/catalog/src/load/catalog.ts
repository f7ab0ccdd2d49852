import type { Connector } from '../schema/connector-schema.js';
import { UnknownConnectorError } from './catalog-error.js';
import type { CustomConnectors } from './custom-connectors.js';

/** `@activepieces/piece-google-ads`: the form in which one of the references names connectors. */
const pieceName = /^@activepieces\/piece-([a-z0-9_-]+)$/;
/** Without the form of the reference. */
export const plainName = (name: string): string => pieceName.exec(name)?.[1]?.replaceAll('-', '_') ?? name;

/** The connectors offered here: the installation's, and those of tenants once they are {@link Catalog.ready}. */
export class Catalog {
  readonly #connectors: readonly Connector[];
  readonly #byName: ReadonlyMap<string, Connector>;
  readonly #custom: Pick<CustomConnectors, 'find' | 'ready'> | undefined;

  constructor(connectors: readonly Connector[], custom?: Pick<CustomConnectors, 'find' | 'ready'>) {
    this.#connectors = connectors;
    this.#byName = new Map(connectors.flatMap((connector) => [connector.id, ...connector.aliases].map((name) => [name, connector] as const)));
    this.#custom = custom;
  }

  /** All connectors of the installation, by id. */
  list(): readonly Connector[] {
    return this.#connectors;
  }

  /** The same connectors beside those of tenants: by `custom`, or just the ones given, by id and by the name their tenant gave them. */
  with(custom: Pick<CustomConnectors, 'find' | 'ready'> | readonly Connector[]): Catalog {
    if ('find' in custom && 'ready' in custom) return new Catalog(this.#connectors, custom);
    const own = new Map(custom.flatMap((connector) => [connector.id, ...connector.aliases].map((name) => [name, connector] as const)));
    return new Catalog(this.#connectors, { find: (name) => own.get(name), ready: () => Promise.resolve() });
  }

  /**
   * Fetches what these names may mean of tenants' connectors, so that `get` and `find` find it. Before everything that looks connectors up
   * for a request.
   */
  async ready(...names: readonly (string | undefined)[]): Promise<this> {
    const custom = this.#custom;
    if (custom === undefined) return this;
    const unknown = new Set(names.flatMap((name) => (name === undefined || this.#byName.has(plainName(name)) ? [] : [plainName(name)])));
    await Promise.all([...unknown].map((name) => custom.ready(name)));
    return this;
  }

  /** The connector of that id. Throws {@link UnknownConnectorError} if none is offered. */
  get(id: string): Connector {
    const connector = this.#byName.get(id) ?? this.#custom?.find(id);
    if (connector?.id !== id) throw new UnknownConnectorError(id);
    return connector;
  }

  /** The connector a caller means: by id, alias (`meta`), or in the reference's form (`@activepieces/piece-stripe`). */
  find(name: string): Connector | undefined {
    const plain = plainName(name);
    return this.#byName.get(plain) ?? this.#custom?.find(plain);
  }
}

/** Whose connector it is, as far as the one who uses it may know: a tenant's own, or everybody's. */
export const isOfferedTo = ({ owner }: Connector, { platformId, projectId }: { readonly platformId: string | null; readonly projectId: string | null }): boolean =>
  owner === undefined || (owner.platformId === platformId && (owner.projectId === null || owner.projectId === projectId));
