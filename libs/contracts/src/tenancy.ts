import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { apiKeyId, moment, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal, scope } from './principal.js';

const name = z.string().trim().min(1).max(200);

export const platform = z.object({ id: platformId, name, created: moment, updated: moment });
export const project = z.object({
  id: projectId,
  platformId,
  displayName: name,
  /** Where a person may be sent after consent: exact URLs, nothing else. */
  returnUrls: z.array(z.url()),
  created: moment,
  updated: moment,
});
export const user = z.object({
  id: userId,
  platformId,
  email: z.email(),
  firstName: z.string(),
  lastName: z.string(),
  platformRole: z.enum(['ADMIN', 'MEMBER']),
  created: moment,
  updated: moment,
});
export const apiKey = z.object({
  id: apiKeyId,
  platformId,
  projectId: projectId.nullable(),
  userId: userId.nullable(),
  displayName: name,
  scopes: z.array(scope),
  created: moment,
  revoked: moment.nullable(),
});

export const newPlatform = z.strictObject({ name });
export const newProject = z.strictObject({
  platformId: platformId.optional(),
  displayName: name,
  returnUrls: z.array(z.url()).max(50).default([]),
});
export const newUser = z.strictObject({
  platformId: platformId.optional(),
  email: z.email().max(320),
  firstName: z.string().trim().max(100),
  lastName: z.string().trim().max(100),
  platformRole: z.enum(['ADMIN', 'MEMBER']).default('MEMBER'),
});
export const newApiKey = z.strictObject({
  projectId: projectId.optional(),
  platformId: platformId.optional(),
  userId: userId.optional(),
  displayName: name,
  scopes: z.array(scope).min(1),
});

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;

export const platforms = {
  create: defineRpc('rpc.platforms.create', {
    ...registry,
    request: z.object({ principal, platform: newPlatform }),
    reply: platform,
    errors: ['AUTHORIZATION'],
  }),
};

export const projects = {
  create: defineRpc('rpc.projects.create', {
    ...registry,
    request: z.object({ principal, project: newProject }),
    reply: project,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
};

export const users = {
  create: defineRpc('rpc.users.create', {
    ...registry,
    request: z.object({ principal, user: newUser }),
    reply: user,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND', 'CONFLICT'],
  }),
};

export const apiKeys = {
  create: defineRpc('rpc.api_keys.create', {
    ...registry,
    request: z.object({ principal, apiKey: newApiKey }),
    /** `key` is shown this once; only its digest is kept. */
    reply: apiKey.extend({ key: secret() }),
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
  revoke: defineRpc('rpc.api_keys.revoke', {
    ...registry,
    request: z.object({ principal, id: apiKeyId }),
    reply: apiKey,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
};

export const principals = {
  /** Turns a presented key into the principal it stands for. */
  authenticate: defineRpc('rpc.principals.authenticate', {
    ...registry,
    request: z.object({ key: secret() }),
    reply: principal,
    errors: ['AUTHENTICATION'],
  }),
};
