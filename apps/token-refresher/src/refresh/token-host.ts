import { Inject, Injectable } from '@nestjs/common';
import { isCustomId } from '@trunkline/catalog';
import { tokenEndpoint } from '@trunkline/connector-kit';
import type { Credential } from '../credential/credential.js';
import { Connectors } from '../provider/connectors.js';

type Renewed = Pick<Credential, 'connector' | 'inputs' | 'type'>;

/** Where nothing is sent: the connector is gone, or the inputs do not fit it any more. */
export const nowhere = '-';
const mostKnown = 10_000;

/** Which host (with its port) a credential is renewed at, as the catalog has it now. */
@Injectable()
export class TokenHost {
  readonly #connectors: Connectors;
  readonly #known = new Map<string, string>();

  constructor(@Inject(Connectors) connectors: Connectors) {
    this.#connectors = connectors;
  }

  /** Fetches what tenants defined. Without the registry nothing is known of where theirs are renewed. */
  async ready(all: readonly Pick<Renewed, 'connector'>[]): Promise<void> {
    await this.#connectors.ready(...all.map(({ connector }) => connector)).catch(() => undefined);
  }

  of({ connector, inputs, type }: Renewed): string {
    // A tenant's may be elsewhere a moment later.
    if (isCustomId(connector)) return this.#find({ connector, inputs, type });
    const key = JSON.stringify([connector, type, inputs]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const host = this.#find({ connector, inputs, type });
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, host);
    return host;
  }

  #find({ connector, inputs, type }: Renewed): string {
    const target = this.#connectors.target(connector, inputs);
    if (target === undefined || (type !== 'OAUTH2' && type !== 'JWT_BEARER')) return nowhere;
    try {
      return new URL(tokenEndpoint(target.connector, target.inputs, target.settings, type === 'OAUTH2' ? 'refresh' : 'assertion')).host;
    } catch {
      return nowhere;
    }
  }
}
