import { connectors, type ConnectorSummary } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';

/** Logos as they stand in a page. A picture in an `img` runs nothing and loads nothing, whatever is in it. They change with a release only. */
export class ConnectorLogos {
  readonly #rpc: RpcClient;
  readonly #known = new Map<string, string>();

  constructor(rpc: RpcClient) {
    this.#rpc = rpc;
  }

  /** Without one that cannot be had just now: a page does without it. */
  async of(wanted: readonly Pick<ConnectorSummary, 'id'>[]): Promise<ReadonlyMap<string, string>> {
    await Promise.all(wanted.filter(({ id }) => !this.#known.has(id)).map(({ id }) => this.#ask(id)));
    return this.#known;
  }

  async #ask(connector: string): Promise<void> {
    try {
      const { svg } = await this.#rpc.call(connectors.logo, { connector });
      this.#known.set(connector, `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
    } catch {
      return;
    }
  }
}
