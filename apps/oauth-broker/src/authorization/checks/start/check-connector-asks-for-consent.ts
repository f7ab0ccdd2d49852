import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** The connector connects by OAuth 2 with a consent page (RFC 6749 §4.1). */
export const checkConnectorAsksForConsent: StartCheck = ({ connector }) => {
  const oauth = connector.auth.OAUTH2;
  if (oauth === undefined) throw new AppError('INVALID_APP_CONNECTION', `${connector.name} does not connect by OAuth. Connect it with a key.`);
  if (!oauth.grantTypes.includes('authorization_code')) throw new AppError('INVALID_APP_CONNECTION', `${connector.name} has no consent page.`);
};
