import { randomBytes } from 'node:crypto';
import { ScriptedPlatform, waitFor, type Grant } from '@trunkline/testing';
import { createTenant, platforms, startStack, type Answer, type Stack, type StackOptions, type Tenant } from './stack.js';

export interface Connected {
  readonly id: string;
  readonly externalId: string;
  readonly grant: Grant;
}

export interface Row {
  readonly status: string;
  readonly status_reason: string | null;
  readonly version: number;
  readonly lease_owner: string | null;
  readonly pause_seconds: number | null;
  readonly seconds_left: number | null;
}

type Token = Answer<{ token: string; warning: string | null; expiresAt: string | null; code?: string; params?: { message: string } }>;

/** The whole product as separate processes, three token refreshers among them, beside a platform that behaves as a test says. */
export class RefreshWorld {
  private constructor(
    readonly stack: Stack,
    readonly platform: ScriptedPlatform,
    readonly tenant: Tenant,
  ) {
    this.refreshers = [...stack.processes.keys()].filter((name) => name.startsWith('token-refresher'));
  }

  /** Names of the processes. */
  readonly refreshers: readonly string[];

  static async start(options: Pick<StackOptions, 'environment' | 'databaseUrl'> & { refreshers?: number; allow?: string[] } = {}): Promise<RefreshWorld> {
    const platform = await new ScriptedPlatform().start();
    const stack = await startStack({ separate: true, replicas: { 'token-refresher': options.refreshers ?? 3 }, platform, databaseUrl: options.databaseUrl, egressAllow: options.allow, environment: { TRUNKLINE_REQUESTS_PER_SECOND: '0', ...options.environment } });
    return new RefreshWorld(stack, platform, await createTenant(stack));
  }

  async stop(): Promise<void> {
    await this.stack.close();
    await this.platform.stop();
  }

  /** A connection that brings its tokens along, as a client does that moves here from elsewhere. */
  async connect(path = '/api/v1/app-connections', more: { externalId?: string; scope?: string; projectIds?: readonly string[] } = {}, key = this.tenant.key): Promise<Connected> {
    const grant = this.platform.grants.open('acc_1');
    const value = { type: 'PLATFORM_OAUTH2', access_token: [...grant.accessTokens][0], refresh_token: grant.current, expires_in: 3_600, scope: 'crm.read' };
    const externalId = more.externalId ?? randomBytes(8).toString('hex');
    const made = await this.stack.call<{ id: string }>('POST', path, { key, body: { displayName: 'Refresh', pieceName: 'sandbox_crm', type: 'PLATFORM_OAUTH2', value, ...more, externalId } });
    if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`);
    return { id: made.body.id, externalId, grant };
  }

  /** A connection of the platform, usable by these projects. */
  async connectShared(projectIds: readonly string[]): Promise<Connected> {
    const body = { platformId: platforms.get(this.stack), displayName: 'Platform', scopes: ['admin'] };
    const { key } = (await this.stack.call<{ key: string }>('POST', '/api/v1/api-keys', { key: this.stack.adminKey, body })).body;
    return this.connect('/api/v1/global-connections', { scope: 'PLATFORM', projectIds }, key);
  }

  resolve = (id: string, key = this.tenant.key, body: object = {}): Promise<Token> => this.stack.call('POST', `/api/v1/app-connections/${id}/token`, { key, body });

  /** Asks until the answer is a token: a replica that was killed or frozen takes some requests with it. */
  resolveAtLast = (id: string, timeoutMs = 90_000): Promise<Token> =>
    waitFor(async () => {
      const answer = await this.resolve(id);
      return answer.status === 200 && answer.body.warning === null && answer;
    }, { what: `a token of ${id}`, timeoutMs, intervalMs: 500 });

  set = async (id: string, assignments: string): Promise<void> => void (await this.stack.database.query(`UPDATE tokens.credential SET ${assignments} WHERE connection_id = $1`, [id]));

  /** As if the access token's life had passed. */
  expire = (id: string): Promise<void> =>
    this.set(id, `access_expires_at = now() - interval '1 second', refresh_due_at = now() + interval '1 hour', stored_at = now() - interval '1 hour', last_refreshed_at = NULL`);

  async row(id: string): Promise<Row> {
    const [row] = await this.stack.database.query<Row>(
      `SELECT status, status_reason, version::int AS version, lease_owner, extract(epoch FROM next_attempt_at - now())::float8 AS pause_seconds,
         extract(epoch FROM access_expires_at - now())::float8 AS seconds_left
       FROM tokens.credential WHERE connection_id = $1`,
      [id],
    );
    return row!;
  }

  status = async (id: string): Promise<string> => (await this.stack.call<{ status: string }>('GET', `/api/v1/app-connections/${id}`, { key: this.tenant.key })).body.status;
}
