import { analyticsDatabase } from '@trunkline/analytics-sink';
import { registryDatabase } from '@trunkline/connector-registry';
import { oauthDatabase } from '@trunkline/oauth-broker';
import { openDatabase } from '@trunkline/persistence';
import { commonSettings, createLogger, databaseSettings, exitWithReason, loadConfig } from '@trunkline/service';
import { syncDatabase } from '@trunkline/sync-orchestrator';
import { tokensDatabase } from '@trunkline/token-refresher';

/** `npm run migrate`: brings every schema up to date without starting a service. Running it twice changes nothing. */
try {
  const config = loadConfig('migrate', { ...commonSettings, ...databaseSettings });
  const logger = createLogger({ service: 'migrate', level: config.logLevel, destination: config.logDestination });
  for (const options of [registryDatabase, oauthDatabase, tokensDatabase, syncDatabase, analyticsDatabase]) {
    const database = await openDatabase('migrate', config, options, logger);
    await database.destroy();
    logger.info({ schema: options.schema }, 'up to date');
  }
} catch (error) {
  exitWithReason('migrate', error);
}
