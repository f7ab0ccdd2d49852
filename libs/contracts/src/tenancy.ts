import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { apiKeyId, id, moment, platformId, projectId, userId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { secret } from './kit/secret.js';
import { platformRole, principal, projectRole, scope } from './principal.js';

const name = z.string().trim().min(1).max(200);
const returnUrls = z.array(z.url().max(2_048)).max(50);
const email = z.email().max(320);
/** NIST SP 800-63B §5.1.1: long, and nothing else asked of it. */
const password = secret(z.string().min(12).max(512));

export const platform = z.object({
  id: platformId,
  name,
  /** Whether its admins get e-mails about keys that expire soon (if the installation can send any). */
  expiryEmails: z.boolean(),
  created: moment,
  updated: moment,
});
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
  platformRole,
  /** False: no session is made or goes on, and keys that act for the user are refused. */
  enabled: z.boolean(),
  created: moment,
  updated: moment,
});
export const member = z.object({
  projectId,
  userId,
  role: projectRole,
  email: z.email(),
  firstName: z.string(),
  lastName: z.string(),
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
  /** From then on it is refused; null: never. */
  expires: moment.nullable(),
  created: moment,
  revoked: moment.nullable(),
});
export const session = z.object({
  id: id('session'),
  userId,
  platformId,
  /** What to present: `Authorization: Bearer <token>`. Shown once. */
  token: secret(),
  expires: moment,
});

export const newPlatform = z.strictObject({ name, expiryEmails: z.boolean().default(false) });
export const platformChange = z.strictObject({ name: name.optional(), expiryEmails: z.boolean().optional() });
export const newProject = z.strictObject({ platformId: platformId.optional(), displayName: name, returnUrls: returnUrls.default([]) });
export const projectChange = z.strictObject({ displayName: name.optional(), returnUrls: returnUrls.optional() });
export const newUser = z.strictObject({
  platformId: platformId.optional(),
  email,
  firstName: z.string().trim().max(100),
  lastName: z.string().trim().max(100),
  platformRole: platformRole.default('MEMBER'),
  password: password.optional(),
});
export const userChange = z.strictObject({
  firstName: z.string().trim().max(100).optional(),
  lastName: z.string().trim().max(100).optional(),
  platformRole: platformRole.optional(),
  enabled: z.boolean().optional(),
  password: password.optional(),
});
export const newMember = z.strictObject({ projectId: projectId.optional(), userId, role: projectRole });
export const newApiKey = z.strictObject({
  projectId: projectId.optional(),
  platformId: platformId.optional(),
  userId: userId.optional(),
  displayName: name,
  scopes: z.array(scope).min(1).max(16),
  expires: moment.optional(),
});
export const newSession = z.strictObject({
  email,
  password: secret(z.string().min(1).max(512)),
  /** Needed only where the same e-mail address is known to several platforms. */
  platformId: platformId.optional(),
});

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
const manage = ['AUTHORIZATION', 'ENTITY_NOT_FOUND'] as const;

export const platforms = {
  create: defineRpc('rpc.platforms.create', { ...registry, request: z.object({ principal, platform: newPlatform }), reply: platform, errors: ['AUTHORIZATION'] }),
  list: defineRpc('rpc.platforms.list', { ...registry, request: z.object({ principal, ...pageRequest }), reply: page(platform), errors: ['AUTHORIZATION'] }),
  get: defineRpc('rpc.platforms.get', { ...registry, request: z.object({ principal, id: platformId }), reply: platform, errors: manage }),
  update: defineRpc('rpc.platforms.update', { ...registry, request: z.object({ principal, id: platformId, change: platformChange }), reply: platform, errors: manage }),
};

export const projects = {
  create: defineRpc('rpc.projects.create', { ...registry, request: z.object({ principal, project: newProject }), reply: project, errors: manage }),
  /** Those the principal reaches. */
  list: defineRpc('rpc.projects.list', { ...registry, request: z.object({ principal, platformId: platformId.optional(), ...pageRequest }), reply: page(project), errors: manage }),
  get: defineRpc('rpc.projects.get', { ...registry, request: z.object({ principal, id: projectId }), reply: project, errors: manage }),
  update: defineRpc('rpc.projects.update', { ...registry, request: z.object({ principal, id: projectId, change: projectChange }), reply: project, errors: manage }),
};

export const users = {
  create: defineRpc('rpc.users.create', { ...registry, request: z.object({ principal, user: newUser }), reply: user, errors: [...manage, 'CONFLICT'] }),
  list: defineRpc('rpc.users.list', { ...registry, request: z.object({ principal, platformId: platformId.optional(), ...pageRequest }), reply: page(user), errors: manage }),
  get: defineRpc('rpc.users.get', { ...registry, request: z.object({ principal, id: userId }), reply: user, errors: manage }),
  /** A user may change its own names and password (not its role); a platform's admin everything. A new password or `enabled: false` ends all sessions. */
  update: defineRpc('rpc.users.update', { ...registry, request: z.object({ principal, id: userId, change: userChange }), reply: user, errors: manage }),
};

export const members = {
  /** Makes a user a member of a project, or gives a member another role. */
  put: defineRpc('rpc.members.put', { ...registry, request: z.object({ principal, member: newMember }), reply: member, errors: manage }),
  list: defineRpc('rpc.members.list', { ...registry, request: z.object({ principal, projectId: projectId.optional(), ...pageRequest }), reply: page(member), errors: manage }),
  remove: defineRpc('rpc.members.remove', {
    ...registry,
    request: z.object({ principal, projectId: projectId.optional(), userId }),
    reply: z.object({ removed: z.boolean() }),
    errors: manage,
  }),
};

export const apiKeys = {
  create: defineRpc('rpc.api_keys.create', {
    ...registry,
    request: z.object({ principal, apiKey: newApiKey }),
    /** `key` is shown this once; only its digest is kept. */
    reply: apiKey.extend({ key: secret() }),
    errors: manage,
  }),
  list: defineRpc('rpc.api_keys.list', { ...registry, request: z.object({ principal, projectId: projectId.optional(), ...pageRequest }), reply: page(apiKey), errors: manage }),
  get: defineRpc('rpc.api_keys.get', { ...registry, request: z.object({ principal, id: apiKeyId }), reply: apiKey, errors: manage }),
  revoke: defineRpc('rpc.api_keys.revoke', { ...registry, request: z.object({ principal, id: apiKeyId }), reply: apiKey, errors: manage }),
};

export const sessions = {
  /** Password login. Wrong e-mail address, wrong password and disabled user are refused in the same words and the same time. */
  create: defineRpc('rpc.sessions.create', {
    ...registry,
    request: z.object({ session: newSession, /** Whose attempts are counted. */ clientAddress: z.string().max(64) }),
    reply: session,
    errors: ['AUTHENTICATION', 'AUTHORIZATION', 'RATE_LIMITED'],
  }),
  /** Ends the session that was presented. */
  end: defineRpc('rpc.sessions.end', { ...registry, request: z.object({ principal, token: secret() }), reply: z.object({ ended: z.boolean() }) }),
};

export const principals = {
  /**
   * Turns what was presented (API key, session token, token of the configured OIDC issuer) into the principal it stands for. `projectId`
   * is the project the request names: the principal then works in it, if it reaches it.
   */
  authenticate: defineRpc('rpc.principals.authenticate', {
    ...registry,
    request: z.object({ key: secret(), projectId: projectId.optional() }),
    reply: principal,
    errors: ['AUTHENTICATION', 'ENTITY_NOT_FOUND'],
  }),
};
