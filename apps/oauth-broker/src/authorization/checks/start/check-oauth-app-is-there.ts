import type { OauthConnectionType } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

const whose: Readonly<Record<OauthConnectionType, string>> = {
  OAUTH2: 'Neither the project nor the connection has an OAuth app',
  PLATFORM_OAUTH2: 'The platform has no OAuth app',
  CLOUD_OAUTH2: 'There is no built-in OAuth app',
};

/** Some app of the kind that was asked for is to be trusted; none of another kind stands in for it. */
export const checkOauthAppIsThere: StartCheck = ({ connector, type, oauthApp, redirectUri }) => {
  if (oauthApp !== null) return;
  throw new AppError(
    'OAUTH_APP_MISSING',
    `${type === undefined ? 'No OAuth app is configured' : whose[type]} for ${connector.name}. Register an app at ${connector.name} with the redirect URI ${redirectUri}, ` +
      `then store its client id and secret with POST /api/v1/oauth-apps (connector "${connector.id}").`,
    { params: { connector: connector.id, redirectUri } },
  );
};
