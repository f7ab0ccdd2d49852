import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  apiKey,
  apiKeyId,
  apiKeys,
  newApiKey,
  newOauthApp,
  newPlatform,
  newProject,
  newUser,
  oauthApp,
  oauthApps,
  platform,
  platforms,
  project,
  projects,
  secret,
  user,
  users,
  type ReplyOf,
} from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const admin = { kind: 'key', scope: 'admin' } as const;

const createPlatform = endpoint({
  method: 'POST', path: '/api/v1/platforms', tag: 'Tenancy', summary: 'Create a platform', access: admin,
  description: 'With the installation\'s admin key only.', body: newPlatform, reply: platform, status: 201,
});
const createProject = endpoint({
  method: 'POST', path: '/api/v1/projects', tag: 'Tenancy', summary: 'Create a project of a platform', access: admin,
  body: newProject, reply: project, status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const createUser = endpoint({
  method: 'POST', path: '/api/v1/users', tag: 'Tenancy', summary: 'Create a user of a platform', access: admin,
  body: newUser, reply: user, status: 201, errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});
const createApiKey = endpoint({
  method: 'POST', path: '/api/v1/api-keys', tag: 'Tenancy', summary: 'Create an API key', access: admin,
  description: 'The answer is the only place where the key is ever shown. With a userId the key acts for that user.',
  body: newApiKey, reply: apiKey.extend({ key: secret() }), status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const revokeApiKey = endpoint({
  method: 'DELETE', path: '/api/v1/api-keys/:id', tag: 'Tenancy', summary: 'Revoke an API key', access: admin,
  description: 'Refused everywhere within five seconds.', params: z.strictObject({ id: apiKeyId }), reply: apiKey, errors: ['ENTITY_NOT_FOUND'],
});
const putOauthApp = endpoint({
  method: 'POST', path: '/api/v1/oauth-apps', tag: 'OAuth apps', summary: 'Set the OAuth app for a connector', access: admin,
  description: 'Client id and secret of a platform, or of one project, for a connector. Replaces the former pair. The secret never comes out again.',
  body: newOauthApp, reply: oauthApp, status: 201, errors: ['ENTITY_NOT_FOUND'],
});

/** Platforms, projects, users, keys and OAuth apps. */
@Controller()
export class TenancyController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(createPlatform)
  createPlatform(@Call() { principal, body }: CallOf<typeof createPlatform>): Promise<ReplyOf<typeof platforms.create>> {
    return this.#rpc.call(platforms.create, { principal, platform: body });
  }

  @Serve(createProject)
  createProject(@Call() { principal, body }: CallOf<typeof createProject>): Promise<ReplyOf<typeof projects.create>> {
    return this.#rpc.call(projects.create, { principal, project: body });
  }

  @Serve(createUser)
  createUser(@Call() { principal, body }: CallOf<typeof createUser>): Promise<ReplyOf<typeof users.create>> {
    return this.#rpc.call(users.create, { principal, user: body });
  }

  @Serve(createApiKey)
  createApiKey(@Call() { principal, body }: CallOf<typeof createApiKey>): Promise<ReplyOf<typeof apiKeys.create>> {
    return this.#rpc.call(apiKeys.create, { principal, apiKey: body });
  }

  @Serve(revokeApiKey)
  revokeApiKey(@Call() { principal, params }: CallOf<typeof revokeApiKey>): Promise<ReplyOf<typeof apiKeys.revoke>> {
    return this.#rpc.call(apiKeys.revoke, { principal, id: params.id });
  }

  @Serve(putOauthApp)
  putOauthApp(@Call() { principal, body }: CallOf<typeof putOauthApp>): Promise<ReplyOf<typeof oauthApps.put>> {
    return this.#rpc.call(oauthApps.put, { principal, oauthApp: body });
  }
}
