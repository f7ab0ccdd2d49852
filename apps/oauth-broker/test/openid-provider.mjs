// A certified OpenID provider with discovery, PKCE, `iss`, rotation and revocation. Whoever comes is signed in and has consented. It is a
// process of its own: in the tests' realm it takes the keys it is given for no objects.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

process.once('message', ({ clients, jwks }) => {
  let handle;
  let tokenRequests = 0;
  const server = createServer((request, response) => handle(request, response));
  server.listen(0, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(url, {
      clients: clients.map((client) => (client.token_endpoint_auth_method === 'private_key_jwt' ? { ...client, jwks } : client)),
      cookies: { keys: ['a key of this test'] },
      scopes: ['openid', 'offline_access', 'crm.read'],
      responseTypes: ['code'],
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      pkce: { required: () => true },
      rotateRefreshToken: true,
      issueRefreshToken: () => true,
      expiresWithSession: () => false,
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid offline_access crm.read');
        await grant.save();
        return grant;
      },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
      ttl: { AccessToken: 300, AuthorizationCode: 60, RefreshToken: 3_600, Grant: 3_600, Session: 3_600, Interaction: 600, IdToken: 300 },
    });
    const callback = provider.callback();
    handle = (request, response) => {
      if (request.url === '/token') tokenRequests += 1;
      if (request.url === '/token-requests') response.end(String(tokenRequests));
      else if (request.url.startsWith('/interaction/')) void provider.interactionFinished(request, response, { login: { accountId: 'acc_1' }, consent: {} }, { mergeWithLastSubmission: true });
      else void callback(request, response);
    };
    process.send({ url });
  });
});
process.once('disconnect', () => process.exit());
