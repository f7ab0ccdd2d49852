import type { Catalog } from './catalog.js';
import { loadCatalog } from './load-catalog.js';

/** What the operator says about connectors, as the services' settings have it. */
export interface CatalogConfig {
  readonly sandboxUrl?: string | undefined;
  readonly catalogFolders: readonly string[];
}

/** The connectors of one service, and the settings their definitions may name as `{{settings.…}}`. */
export interface LoadedCatalog {
  readonly catalog: Catalog;
  readonly settings: Readonly<Record<string, string>>;
}

/** What connectors may name; a setting that is not given is left out, and the connectors that need it are not offered. Pure. */
export const connectorSettingsFrom = ({ sandboxUrl }: Pick<CatalogConfig, 'sandboxUrl'>): Readonly<Record<string, string>> =>
  sandboxUrl === undefined ? {} : { sandbox_url: sandboxUrl };

/** @throws CatalogError, and Error when a folder cannot be read: a service does not start with a part of its connectors */
export function catalogFrom(config: CatalogConfig): LoadedCatalog {
  const settings = connectorSettingsFrom(config);
  return { catalog: loadCatalog({ settings, folders: config.catalogFolders }), settings };
}
