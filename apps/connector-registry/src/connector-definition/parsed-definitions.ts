import { CatalogError, parseCustomConnector, type Connector } from '@trunkline/catalog';
import type { ConnectorFolder } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { folderOf, type DefinitionRow } from './definition-row.js';

const most = 500;

type Stored = Pick<DefinitionRow, 'id' | 'name' | 'platform_id' | 'project_id' | 'version'>;

function parse({ id, name, platform_id: platformId, project_id: projectId }: Stored, folder: ConnectorFolder): Connector {
  try {
    return parseCustomConnector(folder, { id, name, platformId, projectId });
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    throw new AppError('CONNECTOR_MISCONFIGURED', `The definition of ${name} does not fit this release any more. Check it with POST /api/v1/connectors/check and store it again.`, { params: { connector: id }, cause: error });
  }
}

/** The connectors of definitions that were looked up last. A version never changes, so what is known of one stays true. */
export class ParsedDefinitions {
  readonly #known = new Map<string, Connector>();

  /** @throws AppError CONNECTOR_MISCONFIGURED for one that an earlier release took and this one does not */
  async of(tx: Pick<EntityManager, 'query'>, row: Stored): Promise<Connector> {
    const key = `${row.id} ${row.version}`;
    const known = this.#known.get(key);
    const connector = known ?? parse(row, await folderOf(tx, row.id, row.version));
    this.#known.delete(key);
    this.#known.set(key, connector);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= most) break;
      this.#known.delete(oldest);
    }
    return connector;
  }
}
