import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** Some app of the project or platform is to be trusted; there is no app of the installation to fall back on. */
export const checkOauthAppIsThere: StartCheck = ({ connector, oauthApp, redirectUri }) => {
  if (oauthApp !== null) return;
  throw new AppError(
    'OAUTH_APP_MISSING',
    `No OAuth app is configured for ${connector.name}. Register an app at ${connector.name} with the redirect URI ${redirectUri}, ` +
      `then store its client id and secret with POST /api/v1/oauth-apps (connector "${connector.id}").`,
    { params: { connector: connector.id, redirectUri } },
  );
};
