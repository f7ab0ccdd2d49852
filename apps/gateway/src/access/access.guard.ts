import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mayDo, principals, Secret, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { endpointOf, type Access } from '../http/endpoint.js';
import { requestedProject } from '../http/requested-project.js';
import { presentedKey } from './presented-key.js';
import { PrincipalCache } from './principal-cache.js';
import { RequestLimits } from './request-limits.js';
import { readSessionCookie, refuseForgedRequest } from './session-cookie.js';

/** A key of ours is short; a token of an outside issuer may say a lot. */
const longestKey = 8_192;

/** Who is calling, and may they? Routes that are not declared as an endpoint (health, documentation) are open and not counted. */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #rpc: RpcClient;
  readonly #cache: PrincipalCache;
  readonly #limits: RequestLimits;
  readonly #publicUrl: string;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#cache = new PrincipalCache(context.config.keyCacheMs);
    this.#limits = new RequestLimits(context.config);
    this.#publicUrl = context.config.publicUrl;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const definition = endpointOf(context);
    if (definition === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>();
    if (definition.access.kind === 'public') {
      this.#limits.takeForAddress(request);
      return true;
    }
    const principal = await this.#authenticate(request, definition.access, requestedProject(definition, request));
    this.#limits.takeForPrincipal(principal);
    // Before the question whether it may: a refusal is recorded with who was refused.
    request.principal = principal;
    if (presentedKey(request.headers) === undefined) refuseForgedRequest(request, readSessionCookie(request) ?? '', this.#publicUrl);
    const { scope } = definition.access;
    if (scope !== undefined && !mayDo(principal, scope)) {
      throw new AppError('AUTHORIZATION', `The key lacks the scope ${scope}.`, { params: { scope } });
    }
    return true;
  }

  async #authenticate(request: FastifyRequest, access: Extract<Access, { kind: 'key' }>, projectId: string | undefined): Promise<Principal> {
    const key = presentedKey(request.headers) ?? (access.cookie === false ? undefined : readSessionCookie(request));
    if (key === undefined || key === '') {
      this.#limits.takeForAddress(request);
      throw new AppError('AUTHENTICATION', 'A key is needed: send it as the x-api-key header or as "Authorization: Bearer <key>".');
    }
    try {
      if (key.length > longestKey) throw new AppError('AUTHENTICATION', 'The key is not valid.');
      return await this.#cache.get(key, projectId, () => {
        this.#limits.requireRoom(request);
        return this.#rpc.call(principals.authenticate, { key: new Secret(key), projectId });
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'AUTHENTICATION') this.#limits.takeForAddress(request);
      throw error;
    }
  }
}
