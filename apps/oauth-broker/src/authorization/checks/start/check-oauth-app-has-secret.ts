import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** Better now than after the person has consented. */
export const checkOauthAppHasSecret: StartCheck = ({ connector, oauthApp }) => {
  if (connector.auth.OAUTH2?.clientAuthentication === 'none' || oauthApp === null || oauthApp.sealedClientSecret !== null) return;
  throw new AppError(
    'OAUTH_APP_MISSING',
    `The OAuth app for ${connector.name} has no client secret, and ${connector.name} asks for one. Store it with POST /api/v1/oauth-apps.`,
    { params: { connector: connector.id } },
  );
};
