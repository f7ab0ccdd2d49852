import type { Connector } from '../schema/connector-schema.js';
import { UnknownConnectorError } from './catalog-error.js';

/** `@activepieces/piece-google-ads`: the form in which one of the references names connectors. */
const pieceName = /^@activepieces\/piece-([a-z0-9_-]+)$/;

/** The connectors offered here. */
export class Catalog {
  readonly #connectors: readonly Connector[];
  readonly #byName: ReadonlyMap<string, Connector>;

  constructor(connectors: readonly Connector[]) {
    this.#connectors = connectors;
    this.#byName = new Map(connectors.flatMap((connector) => [connector.id, ...connector.aliases].map((name) => [name, connector] as const)));
  }

  /** All connectors, by id. */
  list(): readonly Connector[] {
    return this.#connectors;
  }

  /** The connector of that id. Throws {@link UnknownConnectorError} if none is offered. */
  get(id: string): Connector {
    const connector = this.#byName.get(id);
    if (connector?.id !== id) throw new UnknownConnectorError(id);
    return connector;
  }

  /** The connector a caller means: by id, alias (`meta`), or in the reference's form (`@activepieces/piece-stripe`). */
  find(name: string): Connector | undefined {
    const piece = pieceName.exec(name)?.[1];
    return this.#byName.get(piece === undefined ? name : piece.replaceAll('-', '_'));
  }
}
