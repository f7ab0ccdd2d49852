import { flag, setting } from '@trunkline/service';

export const allInOneSettings = {
  sandbox: setting('TRUNKLINE_SANDBOX', flag.default(false), 'Start the development sandbox too. Refused when NODE_ENV is production.'),
};
