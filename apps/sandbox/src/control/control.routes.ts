import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiKeys } from '../access/api-keys.js';
import type { RateLimit } from '../access/rate-limit.js';
import type { RecordStore } from '../crm/record-store.js';
import type { FaultList } from '../faults/fault.js';
import { faultRule } from '../faults/fault.js';
import { ApiError, notFound } from '../http/api-error.js';
import { parse } from '../http/parse.js';
import type { ArtifactStore } from '../oauth/artifact-store.js';
import type { Account, ClientOptions } from '../options.js';
import { CRM_SCOPES, STREAMS, clientOptions } from '../options.js';
import type { Settings } from '../settings.js';
import { settingsPatch } from '../settings.js';
import type { StatsBook } from './stats.js';

export interface ControlParts {
  settings: Settings;
  stats: StatsBook;
  faults: FaultList;
  rateLimit: RateLimit;
  artifacts: ArtifactStore;
  apiKeys: ApiKeys;
  store: RecordStore;
  accounts: Account[];
  registerClient: (client: ClientOptions) => Promise<void>;
}

/** `/_control`: the strings a test pulls. Only from this machine, and only with a header that no foreign web page can send. */
export function controlRoutes(app: FastifyInstance, parts: ControlParts): void {
  const { settings, stats, faults, artifacts, apiKeys, store, accounts } = parts;
  const accountId = z.string().refine((id) => accounts.some((account) => account.id === id), 'there is no such account');
  const someAccount = z.strictObject({ account: accountId.optional() });
  const firstAccount = (accounts[0] as Account).id;

  app.register(
    (scope, _options, done) => {
      scope.addHook('onRequest', async (request) => {
        if (!isLoopback(request.raw.socket.remoteAddress)) throw new ApiError(403, 'forbidden', 'The control API answers only to this machine.');
        if (request.headers['x-sandbox-control'] !== '1') throw new ApiError(403, 'forbidden', 'The control API needs the header X-Sandbox-Control: 1.');
      });

      scope.get('/stats', () => stats.read());
      scope.post('/reset-stats', () => {
        stats.reset();
        return stats.read();
      });

      scope.get('/settings', () => settings);
      scope.put('/settings', (request) => {
        const patch = parse(settingsPatch, request.body);
        if (patch.rateLimit !== undefined) parts.rateLimit.reset();
        return Object.assign(settings, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
      });

      scope.get('/faults', () => ({ faults: faults.list() }));
      scope.post('/faults', (request, reply) => {
        const rules = parse(z.union([z.array(faultRule).min(1), faultRule.transform((rule) => [rule])]), request.body);
        return reply.code(201).send({ ids: faults.add(rules) });
      });
      scope.delete('/faults', (_request, reply) => {
        faults.clear();
        return reply.code(204).send();
      });

      scope.post<{ Params: { stream: string } }>('/records/:stream/generate', async (request, reply) => {
        const stream = STREAMS.find((name) => name === request.params.stream);
        if (!stream) throw notFound(`There is no stream ${request.params.stream}; there are ${STREAMS.join(', ')}.`);
        const body = parse(z.strictObject({ count: z.number().int().min(1).max(1_000_000), account: accountId.default(firstAccount) }), request.body);
        return reply.code(201).send({ ...(await store.generate(body.account, stream, body.count)), count: body.count });
      });

      scope.post('/clients', async (request, reply) => {
        const client = parse(clientOptions, request.body);
        await parts.registerClient(client);
        return reply.code(201).send({ clientId: client.clientId });
      });

      scope.post('/api-keys', async (request, reply) => {
        const schema = z.strictObject({ account: accountId.default(firstAccount), scopes: z.array(z.enum(CRM_SCOPES)).default([...CRM_SCOPES]) });
        const { account, scopes } = parse(schema, request.body ?? {});
        return reply.code(201).header('cache-control', 'no-store').send({ key: await apiKeys.create(account, scopes), account, scopes });
      });
      scope.post('/revoke-api-key', async (request) => {
        const { key } = parse(z.strictObject({ key: z.string() }), request.body);
        if (!(await apiKeys.revoke(key))) throw notFound('There is no such API key.');
        return { revoked: true };
      });

      scope.post('/revoke-grants', async (request) => ({ revoked: await artifacts.revokeGrants(parse(someAccount, request.body ?? {}).account) }));
      scope.post('/expire-access-tokens', async (request) => ({ expired: await artifacts.expireAccessTokens(parse(someAccount, request.body ?? {}).account) }));
      done();
    },
    { prefix: '/_control' },
  );
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(?:::ffff:)?127\./.test(address));
}
