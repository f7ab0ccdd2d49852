import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mayDo, principals, Secret, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError, SERVICE_CONTEXT, type CommonConfig, type ConfigOf, type ServiceContext } from '@trunkline/service';
import type { gatewaySettings } from '../config.js';
import { endpointOf } from '../http/endpoint.js';
import { presentedKey } from './presented-key.js';
import { PrincipalCache } from './principal-cache.js';

/** Who is calling, and may they? Routes that are not declared as an endpoint (health, documentation) are open. */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #rpc: RpcClient;
  readonly #cache: PrincipalCache;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & ConfigOf<typeof gatewaySettings>>) {
    this.#rpc = rpc;
    this.#cache = new PrincipalCache(context.config.keyCacheMs);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const definition = endpointOf(context);
    if (definition === undefined || definition.access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>();
    const key = presentedKey(request.headers);
    if (key === undefined || key === '') {
      throw new AppError('AUTHENTICATION', 'A key is needed: send it as the x-api-key header or as "Authorization: Bearer <key>".');
    }
    if (key.length > 512) throw new AppError('AUTHENTICATION', 'The key is not valid.');
    const principal = await this.#cache.get(key, () => this.#rpc.call(principals.authenticate, { key: new Secret(key) }));
    const { scope } = definition.access;
    if (scope !== undefined && !mayDo(principal, scope)) {
      throw new AppError('AUTHORIZATION', `The key lacks the scope ${scope}.`, { params: { scope } });
    }
    request.principal = principal;
    return true;
  }
}
