import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** Better now than after the person has consented. */
export const checkOauthAppHasSecret: StartCheck = ({ connector, oauthApp }) => {
  const method = connector.auth.OAUTH2?.clientAuthentication;
  if (method === 'none' || oauthApp === null) return;
  const [proof, what] = method === 'private_key_jwt' ? [oauthApp.sealedPrivateKey, 'private key'] : [oauthApp.sealedClientSecret, 'client secret'];
  if (proof !== null) return;
  throw new AppError(
    'OAUTH_APP_MISSING',
    `The OAuth app for ${connector.name} has no ${what}, and ${connector.name} asks for one. Store it with POST /api/v1/oauth-apps.`,
    { params: { connector: connector.id } },
  );
};
