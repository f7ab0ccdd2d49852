import { generateKeyPairSync } from 'node:crypto';
import axios from 'axios';
import { scopes, shown, startDialectWorld, type AppConnection, type DialectWorld, type Member, type Page } from './dialect-world.js';
import { runCurl } from './documented-curl.js';

/** Every call of the activepieces reference: its curl lines, its JSON, its JavaScript. */
describe('a client of activepieces', () => {
  let world: DialectWorld;
  let vendors: DialectWorld['vendors'];
  let stack: DialectWorld['stack'];
  let run: DialectWorld['run'];
  let newMember: DialectWorld['newMember'];
  let newProject: DialectWorld['newProject'];
  let projectId: string;
  let who: Member;
  let curl: (line: string, ids?: Record<string, string>) => Promise<{ status: number; body: never }>;
  const call = <Body>(method: string, path: string, body?: unknown) => stack.call<Body>(method, path, { headers: { authorization: `Bearer ${who.key}` }, body });
  const slack = () => vendors.keyFor('slack');

  beforeAll(async () => {
    world = await startDialectWorld('activepieces');
    ({ vendors, stack, run, newMember, newProject } = world);
    projectId = (await newProject()).id;
    who = await newMember(projectId, 'ADMIN');
    curl = (line, ids = {}) => runCurl(line, { baseUrl: stack.url, replace: { 'sk-your-api-key': who.key, project_123: projectId, 'xoxb-your-slack-token': slack(), ...ids } });
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  let connection: AppConnection;

  it('POST /api/v1/app-connections', () =>
    run('POST /api/v1/app-connections (create)', async () => {
      const { status, body } = await curl(`curl -X POST https://cloud.activepieces.com/api/v1/app-connections \\
-H "Authorization: Bearer sk-your-api-key" \\
-H "Content-Type: application/json" \\
-d '{
  "displayName": "My Slack Workspace",
  "pieceName": "@activepieces/piece-slack",
  "pieceVersion": "0.10.0",
  "type": "SECRET_TEXT",
  "externalId": "ext_slack_main",
  "value": {
    "type": "SECRET_TEXT",
    "secret_text": "xoxb-your-slack-token"
  }
}'`);
      expect(status).toBe(201);
      connection = body;
      expect(connection).toMatchObject({
        externalId: 'ext_slack_main', displayName: 'My Slack Workspace', type: 'SECRET_TEXT', pieceName: '@activepieces/piece-slack', pieceVersion: '0.10.0', projectIds: [projectId],
        scope: 'PROJECT', status: 'ACTIVE', ownerId: who.userId, owner: { email: who.email, firstName: 'John', lastName: 'Doe' }, metadata: null, flowIds: [], preSelectForNewProjects: false,
      });
      expect(JSON.stringify(body)).not.toContain(slack());
      expect(body).not.toHaveProperty('value');
      return shown(status, { id: connection.id, status: connection.status });
    }));

  it('updates instead of creating when the externalId exists', () =>
    run('POST /api/v1/app-connections (upsert)', async () => {
      const again = await call<AppConnection>('POST', '/api/v1/app-connections', {
        displayName: 'My Slack Workspace', pieceName: '@activepieces/piece-slack', pieceVersion: '0.10.0', type: 'SECRET_TEXT', externalId: 'ext_slack_main', value: { type: 'SECRET_TEXT', secret_text: slack() },
      });
      expect([again.status, again.body.id]).toEqual([201, connection.id]);
      return `201, same id`;
    }));

  it('GET /api/v1/app-connections', () =>
    run('GET /api/v1/app-connections?projectId=', async () => {
      const { status, body } = await curl(`curl https://cloud.activepieces.com/api/v1/app-connections?projectId=project_123 \\
-H "Authorization: Bearer sk-your-api-key"`);
      const page = body as Page<AppConnection>;
      expect([status, page.next, page.previous, page.data.length]).toEqual([200, null, null, 1]);
      const documented = ['id', 'externalId', 'displayName', 'type', 'pieceName', 'pieceVersion', 'projectIds', 'platformId', 'scope', 'status', 'ownerId', 'owner', 'metadata', 'flowIds', 'preSelectForNewProjects', 'created', 'updated'];
      expect(Object.keys(page.data[0]!)).toEqual(expect.arrayContaining(documented));
      return shown(status, { data: page.data.length, next: page.next });
    }));

  it.each([
    ['pieceName=@activepieces/piece-slack', 1],
    ['pieceName=slack', 1],
    ['pieceName=@activepieces/piece-hubspot', 0],
    ['displayName=slack%20WORK', 1],
    ['displayName=nothing', 0],
    ['status=ACTIVE', 1],
    ['status=ACTIVE&status=ERROR', 1],
    ['status=MISSING', 0],
    ['scope=PROJECT', 1],
    ['scope=PLATFORM', 0],
    ['limit=1', 1],
  ])('GET /api/v1/app-connections?%s', (query, count) =>
    run(`GET /api/v1/app-connections?${decodeURIComponent(query)}`, async () => {
      const { status, body } = await call<Page<AppConnection>>('GET', `/api/v1/app-connections?${query}`);
      expect([status, body.data.length]).toEqual([200, count]);
      return `200, ${count} found`;
    }),
  );

  it.each(['limit=0', 'limit=101', 'limit=abc', 'status=BROKEN', 'scope=ALL', 'cursor=made-up', 'unknown=1'])('refuses ?%s', (query) =>
    run(`GET /api/v1/app-connections?${query}`, async () => {
      const { status, body } = await call<{ code: string }>('GET', `/api/v1/app-connections?${query}`);
      expect([status, body.code]).toEqual([400, 'VALIDATION']);
      return '400 VALIDATION';
    }),
  );

  it('POST /api/v1/app-connections/:id', () =>
    run('POST /api/v1/app-connections/:id', async () => {
      const { status, body } = await curl(
        `curl -X POST https://cloud.activepieces.com/api/v1/app-connections/conn_abc123 \\
-H "Authorization: Bearer sk-your-api-key" \\
-H "Content-Type: application/json" \\
-d '{
  "displayName": "Updated Slack Connection",
  "metadata": {
    "environment": "production",
    "team": "marketing"
  }
}'`,
        { conn_abc123: connection.id },
      );
      expect([status, body]).toMatchObject([200, { id: connection.id, displayName: 'Updated Slack Connection', metadata: { environment: 'production', team: 'marketing' } }]);
      return shown(status, { displayName: (body as AppConnection).displayName });
    }));

  it('GET /api/v1/app-connections/owners', () =>
    run('GET /api/v1/app-connections/owners', async () => {
      const { status, body } = await curl(`curl https://cloud.activepieces.com/api/v1/app-connections/owners \\
-H "Authorization: Bearer sk-your-api-key"`);
      expect([status, body]).toEqual([200, { data: [{ firstName: 'John', lastName: 'Doe', email: who.email }], next: null, previous: null }]);
      return shown(status, body);
    }));

  it('takes ready OAuth tokens, as the documented handler sends them', () =>
    run('POST /api/v1/app-connections (OAUTH2, tokens)', async () => {
      const redirectUri = 'https://client.example.com/callback';
      const { body: asked } = await call<{ authorizationUrl: string; codeVerifier: string | null }>('POST', '/api/v1/app-connections/oauth2/authorization-url', { pieceName: 'hubspot', clientId: vendors.app.clientId, redirectUrl: redirectUri });
      const code = new URL(vendors.visit(asked.authorizationUrl)).searchParams.get('code')!;
      // The vendor's own exchange, made by the client as in the reference; what it gets is brought here.
      const grant = await exchangeAtHubspot(code, redirectUri, asked.codeVerifier);
      const { status, body } = await call<AppConnection>('POST', '/api/v1/app-connections', {
        displayName: 'My OAuth App',
        pieceName: '@activepieces/piece-hubspot',
        pieceVersion: '1.0.0',
        type: 'OAUTH2',
        value: {
          type: 'OAUTH2',
          client_id: vendors.app.clientId,
          client_secret: vendors.app.clientSecret,
          access_token: grant.access_token,
          refresh_token: grant.refresh_token,
          token_type: 'Bearer',
          expires_in: grant.expires_in,
          claimed_at: Date.now(),
          scope: 'crm.objects.contacts.read oauth',
          token_url: grant.tokenUrl,
          redirect_url: redirectUri,
          grant_type: 'AUTHORIZATION_CODE',
          data: {},
        },
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      expect(body).toMatchObject({ type: 'OAUTH2', status: 'ACTIVE', displayName: 'My OAuth App' });
      const token = await call<{ token: string }>('POST', `/api/v1/app-connections/${body.id}/token`, {});
      expect(token.body.token).toBe(grant.access_token);
      const refreshed = await stack.call('POST', '/api/connectors/hubspot/refresh', { key: who.key, body: { connectionId: body.id } });
      expect([refreshed.status, refreshed.body.refreshed]).toEqual([200, true]);
      return shown(status, { status: body.status, type: body.type });
    }));

  it('takes the documented body to the letter, for a connector added by the operator', () =>
    run('POST /api/v1/app-connections (the reference\'s OAuth2 example)', async () => {
      const redirectUri = 'https://client.example.com/callback';
      const { body: asked } = await call<{ authorizationUrl: string; codeVerifier: string | null }>('POST', '/api/v1/app-connections/oauth2/authorization-url', { pieceName: 'hubspot', clientId: vendors.app.clientId, redirectUrl: redirectUri });
      const tokens = await exchangeAtHubspot(new URL(vendors.visit(asked.authorizationUrl)).searchParams.get('code')!, redirectUri, asked.codeVerifier);
      const [clientId, clientSecret] = ['a-client', 'its-secret'];
      const { status, body } = await call<AppConnection>('POST', '/api/v1/app-connections', {
        displayName: 'My OAuth App',
        pieceName: '@activepieces/piece-example',
        pieceVersion: '1.0.0',
        type: 'OAUTH2',
        value: {
          type: 'OAUTH2',
          client_id: clientId,
          client_secret: clientSecret,
          access_token: tokens.access_token,
          refresh_token: tokens.refresh_token,
          token_type: 'Bearer',
          expires_in: tokens.expires_in,
          claimed_at: Date.now(),
          scope: 'oauth',
          token_url: 'https://oauth.provider.com/token',
          redirect_url: redirectUri,
          grant_type: 'AUTHORIZATION_CODE',
          data: {},
        },
      });
      expect([status, body]).toMatchObject([201, { pieceName: '@activepieces/piece-example', pieceVersion: '1.0.0', type: 'OAUTH2', status: 'ACTIVE' }]);
      return shown(status, { pieceName: body.pieceName, status: body.status });
    }));

  it('exchanges a code that the client brings', () =>
    run('POST /api/v1/app-connections (OAUTH2, code)', async () => {
      const redirectUri = 'https://client.example.com/callback';
      const { body: asked } = await call<{ authorizationUrl: string; codeVerifier: string | null }>('POST', '/api/v1/app-connections/oauth2/authorization-url', { pieceName: 'hubspot', clientId: vendors.app.clientId, redirectUrl: redirectUri });
      const code = new URL(vendors.visit(asked.authorizationUrl)).searchParams.get('code')!;
      const value = { type: 'OAUTH2', client_id: vendors.app.clientId, client_secret: vendors.app.clientSecret, code, redirect_url: redirectUri, grant_type: 'authorization_code', ...(asked.codeVerifier === null ? {} : { code_challenge: asked.codeVerifier }) };
      const create = () => call<AppConnection>('POST', '/api/v1/app-connections', { displayName: 'By code', pieceName: '@activepieces/piece-hubspot', pieceVersion: '1.0.0', type: 'OAUTH2', externalId: 'by_code', value });
      const { status, body } = await create();
      if (status !== 201) throw new Error(JSON.stringify(body));
      expect(body.status).toBe('ACTIVE');
      const again = await create();
      expect(again.status).toBe(400);
      expect((await call<AppConnection>('GET', `/api/v1/app-connections/${body.id}`)).body.status).toBe('ACTIVE');
      return `201 ACTIVE; the same code again ${again.status}, connection untouched`;
    }));

  it('refuses a token URL that is not the connector\'s', () =>
    run('POST /api/v1/app-connections (foreign token_url)', async () => {
      const value = { type: 'OAUTH2', client_id: 'x', client_secret: 'y', access_token: 'a', refresh_token: 'r', token_type: 'Bearer', expires_in: 60, claimed_at: Date.now(), scope: '', token_url: 'https://evil.example.com/token', redirect_url: 'https://a.example.com/', grant_type: 'AUTHORIZATION_CODE', data: {} };
      const { status, body } = await call<{ code: string }>('POST', '/api/v1/app-connections', { displayName: 'X', pieceName: '@activepieces/piece-hubspot', type: 'OAUTH2', value });
      expect([status, body.code]).toEqual([400, 'INVALID_APP_CONNECTION']);
      expect(vendors.requests().some(({ host }) => host === 'evil.example.com')).toBe(false);
      return '400 INVALID_APP_CONNECTION';
    }));

  it.each([
    ['BASIC_AUTH', 'zendesk', () => ({ username: 'agent@example.com', password: vendors.keyFor('zendesk') }), { inputs: { subdomain: 'acme' } }],
    ['CUSTOM_AUTH', 'own_scheme', () => ({ props: { house_key: 'sandbox-api-key' } }), {}],
    ['NO_AUTH', '@activepieces/piece-open-data', () => ({}), {}],
    ['JWT_BEARER', 'google_analytics', () => ({ props: { client_email: 'robot@project.iam.gserviceaccount.com' }, private_key: serviceAccountKey() }), { inputs: { property_id: '1234' } }],
    ['SECRET_TEXT', '@activepieces/piece-stripe', () => ({ secret_text: vendors.keyFor('stripe') }), {}],
  ])('connection type %s', (type, pieceName, value, more) =>
    run(`POST /api/v1/app-connections (${type})`, async () => {
      const { status, body } = await call<AppConnection>('POST', '/api/v1/app-connections', { displayName: type, pieceName, pieceVersion: '0.1.0', type, externalId: `type_${type}`, value: { type, ...value() }, ...more });
      if (status !== 201) throw new Error(JSON.stringify(body));
      expect(body).toMatchObject({ type, status: 'ACTIVE', pieceName });
      return shown(status, { type: body.type, status: body.status });
    }),
  );

  const serviceAccountKey = (): string => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    vendors.trust(publicKey.export({ type: 'spki', format: 'pem' }) as string);
    return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  };

  it.each([
    ['PLATFORM_OAUTH2', "the platform's app"],
    ['CLOUD_OAUTH2', 'the built-in app'],
  ])('connection type %s: credentials of the app are managed centrally', (type, whose) =>
    run(`POST /api/v1/app-connections (${type})`, async () => {
      if (type === 'CLOUD_OAUTH2') await world.asAdmin('/api/v1/oauth-apps', { builtIn: true, connector: 'hubspot', ...vendors.app });
      const redirectUrl = 'https://client.example.com/callback';
      const { body: asked } = await call<{ authorizationUrl: string; codeVerifier: string | null }>('POST', '/api/v1/app-connections/oauth2/authorization-url', { pieceName: 'hubspot', clientId: vendors.app.clientId, redirectUrl });
      const code = new URL(vendors.visit(asked.authorizationUrl)).searchParams.get('code')!;
      const value = { type, code, redirect_url: redirectUrl, code_challenge: asked.codeVerifier ?? undefined };
      const { status, body } = await call<AppConnection>('POST', '/api/v1/app-connections', { displayName: type, pieceName: '@activepieces/piece-hubspot', type, externalId: `type_${type}`, value });
      if (status !== 201) throw new Error(JSON.stringify(body));
      expect(body).toMatchObject({ type, status: 'ACTIVE' });
      return `201 ${type} with ${whose}`;
    }),
  );

  it('runs the documented JavaScript example as it stands', () =>
    run('axios example (create, list)', async () => {
      const environment = { ACTIVEPIECES_API_KEY: who.key, SLACK_BOT_TOKEN: slack() };
      const client = axios.create({ baseURL: `${stack.url}/api/v1`, headers: { Authorization: `Bearer ${environment.ACTIVEPIECES_API_KEY}` } });
      const created = await client.post('/app-connections', {
        displayName: 'Slack Bot Token',
        pieceName: '@activepieces/piece-slack',
        pieceVersion: '0.10.0',
        type: 'SECRET_TEXT',
        externalId: 'ext_slack_bot',
        value: { type: 'SECRET_TEXT', secret_text: environment.SLACK_BOT_TOKEN },
        metadata: { environment: 'production', workspace: 'company' },
      });
      expect((created.data as AppConnection).id).toMatch(/^conn_/);
      const { data } = await client.get<Page<AppConnection>>('/app-connections', { params: { pieceName: '@activepieces/piece-slack', status: ['ACTIVE'] } });
      expect(data.data.length).toBe(2);
      return `Found ${data.data.length} active Slack connections`;
    }));

  let flowId: string;

  it('shows the flows that use a connection, and refuses to delete it', () =>
    run('DELETE /api/v1/app-connections/:id (in use)', async () => {
      const source = (await call<Page<AppConnection>>('GET', '/api/v1/app-connections?pieceName=slack')).body.data;
      const flow = await call<{ id: string }>('POST', '/api/v1/flows', { displayName: 'Reads Slack', connectionId: source[0]!.id });
      if (flow.status !== 201) throw new Error(JSON.stringify(flow.body));
      flowId = flow.body.id;
      expect((await call<AppConnection>('GET', `/api/v1/app-connections/${source[0]!.id}`)).body.flowIds).toEqual([flowId]);
      const { status, body } = await curl(
        `curl -X DELETE https://cloud.activepieces.com/api/v1/app-connections/conn_abc123 \\
-H "Authorization: Bearer sk-your-api-key"`,
        { conn_abc123: source[0]!.id },
      );
      expect([status, body]).toMatchObject([400, { statusCode: 400, code: 'VALIDATION', params: { message: 'Connection is used in 1 active flows. Please remove it from flows first.' } }]);
      return shown(status, body);
    }));

  it('POST /api/v1/app-connections/replace', () =>
    run('POST /api/v1/app-connections/replace', async () => {
      const [first, second] = (await call<Page<AppConnection>>('GET', '/api/v1/app-connections?pieceName=slack')).body.data;
      const { status } = await curl(
        `curl -X POST https://cloud.activepieces.com/api/v1/app-connections/replace \\
-H "Authorization: Bearer sk-your-api-key" \\
-H "Content-Type: application/json" \\
-d '{
  "sourceAppConnectionId": "conn_old123",
  "targetAppConnectionId": "conn_new456"
}'`,
        { conn_old123: first!.id, conn_new456: second!.id },
      );
      expect(status).toBe(204);
      const after = (await call<Page<AppConnection>>('GET', '/api/v1/app-connections?pieceName=slack')).body.data;
      expect(after.map(({ flowIds }) => flowIds)).toEqual([[], [flowId]]);
      const twice = await call<{ code: string }>('POST', '/api/v1/app-connections/replace', { sourceAppConnectionId: second!.id, targetAppConnectionId: second!.id });
      expect([twice.status, twice.body.code]).toEqual([409, 'VALIDATION']);
      return '204; the flow moved; source = target 409';
    }));

  it('DELETE /api/v1/app-connections/:id', () =>
    run('DELETE /api/v1/app-connections/:id', async () => {
      const { status } = await curl(`curl -X DELETE https://cloud.activepieces.com/api/v1/app-connections/conn_abc123 \\
-H "Authorization: Bearer sk-your-api-key"`, { conn_abc123: connection.id });
      expect(status).toBe(204);
      const gone = await call('GET', `/api/v1/app-connections/${connection.id}`);
      expect([gone.status, gone.body]).toMatchObject([
        404,
        { statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { entityType: 'app_connection', entityId: connection.id, message: expect.any(String) as string } },
      ]);
      return '204, then 404 ENTITY_NOT_FOUND';
    }));

  it('status MISSING: deleted while still referenced; a placeholder', () =>
    run('status MISSING', async () => {
      const [used] = (await call<Page<AppConnection>>('GET', '/api/v1/app-connections?pieceName=slack')).body.data;
      expect((await call('DELETE', `/api/v1/app-connections/${used!.id}?force=true`)).status).toBe(204);
      expect((await call<AppConnection>('GET', `/api/v1/app-connections/${used!.id}`)).body).toMatchObject({ status: 'MISSING', flowIds: [flowId] });
      const placeholder = await call<AppConnection>('POST', '/api/v1/app-connections', { displayName: 'Later', pieceName: 'stripe', type: 'PLACEHOLDER', externalId: 'later', value: { type: 'PLACEHOLDER' } });
      expect([placeholder.status, placeholder.body.status]).toEqual([201, 'MISSING']);
      const filled = await call<AppConnection>('POST', '/api/v1/app-connections', { displayName: 'Now', pieceName: 'stripe', type: 'SECRET_TEXT', externalId: 'later', value: { type: 'SECRET_TEXT', secret_text: vendors.keyFor('stripe') } });
      expect([filled.status, filled.body.status, filled.body.id]).toEqual([201, 'ACTIVE', placeholder.body.id]);
      return 'deleted in use → MISSING; placeholder → MISSING → ACTIVE';
    }));

  it('status ERROR when the provider no longer accepts the credential', () =>
    run('status ERROR; POST …/revalidate', async () => {
      const [oauth] = (await call<Page<AppConnection>>('GET', '/api/v1/app-connections?externalId=by_code')).body.data;
      expect((await call('POST', `/api/v1/app-connections/${oauth!.id}/disable`, {})).status).toBe(200);
      const listed = await call<Page<AppConnection>>('GET', '/api/v1/app-connections?status=ERROR');
      expect(listed.body.data.map(({ id }) => id)).toContain(oauth!.id);
      expect((await call('POST', `/api/v1/app-connections/${oauth!.id}/enable`, {})).status).toBe(200);
      const { status, body } = await call<AppConnection>('POST', `/api/v1/app-connections/${oauth!.id}/revalidate`, {});
      expect([status, body.status]).toEqual([200, 'ACTIVE']);
      return 'disabled → ERROR; enabled, revalidated → ACTIVE';
    }));

  it('scope PLATFORM: shared with projects, pre-selected for new ones', () =>
    run('GET/POST /api/v1/global-connections', async () => {
      const platformId = world.platformId;
      const { key: admin } = await world.asAdmin<{ key: string }>('/api/v1/api-keys', { platformId, displayName: 'Platform admin', scopes: ['admin'] });
      const created = await stack.call<AppConnection>('POST', '/api/v1/global-connections', {
        key: admin,
        body: { displayName: 'Company Stripe', pieceName: '@activepieces/piece-stripe', type: 'SECRET_TEXT', externalId: 'company_stripe', scope: 'PLATFORM', projectIds: [projectId], preSelectForNewProjects: true, value: { type: 'SECRET_TEXT', secret_text: vendors.keyFor('stripe') } },
      });
      if (created.status !== 201) throw new Error(JSON.stringify(created.body));
      expect(created.body).toMatchObject({ scope: 'PLATFORM', projectIds: [projectId], preSelectForNewProjects: true });
      const mine = await call<Page<AppConnection>>('GET', '/api/v1/app-connections?scope=PLATFORM');
      expect(mine.body.data.map(({ id }) => id)).toEqual([created.body.id]);
      const token = await call<{ token: string }>('POST', `/api/v1/app-connections/${created.body.id}/token`, {});
      expect(token.body.token).toBe(vendors.keyFor('stripe'));
      const forbidden = await call('DELETE', `/api/v1/app-connections/${created.body.id}`);
      expect(forbidden.status).toBe(403);
      const fresh = await newProject();
      const { key } = await world.asAdmin<{ key: string }>('/api/v1/api-keys', { projectId: fresh.id, displayName: 'Fresh', scopes });
      const seen = await stack.call<Page<AppConnection>>('GET', '/api/v1/app-connections', { key });
      expect(seen.body.data.map(({ id }) => id)).toEqual([created.body.id]);
      return 'shared, pre-selected, not the project\'s to delete (403)';
    }));

  async function exchangeAtHubspot(code: string, redirectUri: string, codeVerifier: string | null) {
    const tokenUrl = 'https://api.hubapi.com/oauth/2026-03/token';
    const { request } = await import('node:https');
    const form = new URLSearchParams({ grant_type: 'authorization_code', code, client_id: vendors.app.clientId, client_secret: vendors.app.clientSecret!, redirect_uri: redirectUri, ...(codeVerifier === null ? {} : { code_verifier: codeVerifier }) }).toString();
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: new URL(vendors.url).port, path: new URL(tokenUrl).pathname, method: 'POST', servername: 'api.hubapi.com', ca: vendors.caPem, headers: { host: 'api.hubapi.com', 'content-type': 'application/x-www-form-urlencoded' } }, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => (answer.statusCode === 200 ? resolve(body) : reject(new Error(`${answer.statusCode} ${body}`))));
      });
      asked.on('error', reject);
      asked.end(form);
    });
    return { ...(JSON.parse(text) as { access_token: string; refresh_token: string; expires_in: number }), tokenUrl };
  }
});
