import { exitWithReason, loadConfig, startAll } from '@trunkline/service';
import { allInOneSettings } from './config.js';
import { services, servicesWithSandbox } from './services.js';

try {
  const { sandbox } = loadConfig('all-in-one', allInOneSettings);
  await startAll(sandbox ? servicesWithSandbox : services);
} catch (error) {
  exitWithReason('all-in-one', error);
}
