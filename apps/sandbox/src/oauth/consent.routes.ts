import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { default as Provider } from 'oidc-provider';
import { ApiError, badRequest } from '../http/api-error.js';
import { PAGE_HEADERS, escapeHtml, htmlPage } from '../http/html-page.js';
import type { Account } from '../options.js';
import { consentPage } from './consent-page.js';

/** The consent step of the authorization walk: one page, one form, one answer for both sign-in and consent. */
export function consentRoutes(app: FastifyInstance, provider: Provider, accounts: Account[]): void {
  app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, new URLSearchParams(body as string));
    });

    scope.setErrorHandler((error, _request, reply) => {
      const status = error instanceof ApiError ? error.status : 500;
      if (status === 500) throw error;
      const message = (error as Error).message;
      return reply.code(status).headers(PAGE_HEADERS).send(htmlPage({ title: 'This consent cannot be given', body: `<p>${escapeHtml(message)}</p>` }));
    });

    scope.get('/interaction/:uid', async (request, reply) => {
      const { uid, params } = await openInteraction(provider, request, reply);
      const client = await provider.Client.find(String(params.client_id));
      const hint = accounts.find((account) => account.id === params.login_hint);
      const page = consentPage({
        uid,
        client: client?.clientName ?? String(params.client_id),
        scopes: scopesOf(params),
        accounts,
        chosen: (hint ?? (accounts[0] as Account)).id,
      });
      return reply.headers(PAGE_HEADERS).send(page);
    });

    scope.post('/interaction/:uid', async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const { params } = await openInteraction(provider, request, reply);
      const decision = form.get('decision');
      let result: Parameters<Provider['interactionResult']>[2];
      let chosen: string | null = null;
      if (decision === 'deny') {
        result = { error: 'access_denied', error_description: 'the account owner declined the request' };
      } else if (decision === 'allow') {
        const account = accounts.find((candidate) => candidate.id === form.get('account'));
        if (!account) throw badRequest(`account must be one of ${accounts.map((candidate) => candidate.id).join(', ')}.`);
        chosen = account.id;
        const grantId = await makeGrant(provider, String(params.client_id), account.id, scopesOf(params), form);
        result = { login: { accountId: account.id, remember: false }, consent: { grantId } };
      } else {
        throw badRequest('decision must be allow or deny.');
      }
      const next = await provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: false });
      if (chosen !== null) await switchSession(provider, request, reply, chosen);
      return reply.header('cache-control', 'no-store').redirect(next, 303);
    });
    done();
  });
}

async function openInteraction(provider: Provider, request: FastifyRequest, reply: FastifyReply) {
  let details;
  try {
    details = await provider.interactionDetails(request.raw, reply.raw);
  } catch (cause) {
    if ((cause as { error?: string }).error !== 'invalid_request') throw cause;
    throw badRequest('This authorization has expired, or it was begun in another browser. Start it again.');
  }
  if (details.uid !== (request.params as { uid: string }).uid) throw badRequest('This page belongs to another authorization. Start it again.');
  return details;
}

function scopesOf(params: Record<string, unknown>): string[] {
  return typeof params.scope === 'string' ? params.scope.split(' ') : [];
}

/** Grants what was ticked. A form that does not show the scopes (a program's) grants all that was asked for. */
async function makeGrant(provider: Provider, clientId: string, accountId: string, asked: string[], form: URLSearchParams): Promise<string> {
  const ticked = form.getAll('scope').flatMap((value) => value.split(' '));
  const all = ticked.length === 0 && !form.has('scopes_shown');
  const granted = asked.filter((scope) => all || ticked.includes(scope));
  const refused = asked.filter((scope) => !granted.includes(scope));
  const grant = new provider.Grant({ accountId, clientId });
  if (granted.length > 0) grant.addOIDCScope(granted.join(' '));
  if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '));
  return grant.save();
}

/**
 * Moves the browser's session to the chosen account. Left with the account of an earlier walk, the library would first send the
 * browser through a sign-out page made of script, which no program passes. To be done last: the library takes no result for an
 * interaction whose session has changed.
 */
async function switchSession(provider: Provider, request: FastifyRequest, reply: FastifyReply, accountId: string): Promise<void> {
  const session = await provider.Session.get(provider.createContext(request.raw, reply.raw));
  if (!session.accountId || session.accountId === accountId) return;
  session.loginAccount({ accountId });
  session.authorizations = {};
  await session.persist();
}
