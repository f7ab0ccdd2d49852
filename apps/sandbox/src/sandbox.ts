import type { ServiceDefinition } from '@trunkline/service';
import { sandboxSettings } from './config.js';
import { sandboxOptions } from './options.js';
import { startSandbox } from './start-sandbox.js';

/** `total` records over the four streams, in the proportions of the default data set. */
function spread(total: number): { contacts: number; companies: number; deals: number; activities: number } {
  const companies = Math.floor(total * 0.115);
  const deals = Math.floor(total * 0.17);
  const activities = Math.floor(total * 0.285);
  return { contacts: total - companies - deals - activities, companies, deals, activities };
}

const callbacks = (publicUrl: string): string[] =>
  ['sandbox_crm', 'sandbox_graphql'].flatMap((connector) =>
    ['connectors', 'oauth'].map((dialect) => `${publicUrl.replace(/\/$/, '')}/api/${dialect}/${connector}/callback`),
  );

/** Development only: a certified OAuth server and a CRM-like API with data, so that everything can be tried with no outside account. */
export const sandbox: ServiceDefinition<typeof sandboxSettings> = {
  name: 'sandbox',
  settings: sandboxSettings,
  async start({ config, logger }) {
    const running = await startSandbox(
      sandboxOptions.parse({
        host: config.sandboxHost,
        port: config.sandboxPort,
        publicUrl: config.sandboxUrl,
        dataDir: config.sandboxDataDir,
        production: config.environment === 'production',
        accessTokenSeconds: config.accessTokenSeconds,
        ...(config.records === undefined ? {} : { records: spread(config.records) }),
        clients: config.clientSecret === undefined ? [] : [{ clientSecret: config.clientSecret.reveal(), redirectUris: callbacks(config.publicUrl) }],
      }),
    );
    logger.info({ url: running.url }, 'sandbox listens');
    return { name: 'sandbox', url: running.url, close: () => running.close() };
  },
};
