import type { BrokerConfig } from './config.js';

/** What connectors may name as `{{settings.…}}`; a setting that is not given is left out, and its connectors are not offered. */
export const connectorSettingsOf = ({ sandboxUrl }: Pick<BrokerConfig, 'sandboxUrl'>): Record<string, string> =>
  sandboxUrl === undefined ? {} : { sandbox_url: sandboxUrl };
