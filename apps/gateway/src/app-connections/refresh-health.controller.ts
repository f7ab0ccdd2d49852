import { Controller, Inject } from '@nestjs/common';
import { credentials } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { mayRead } from './app-connection-requests.js';

const get = endpoint({
  method: 'GET', path: '/api/v1/health/refresh', operation: 'getRefreshHealth', tag: 'Connector profiles', summary: 'How refreshing tokens is going', access: mayRead,
  description: 'Counts over the credentials of the project, or of the platform.', reply: credentials.refreshHealth.reply,
});

@Controller()
export class RefreshHealthController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(get)
  get(@Call() { principal }: CallOf<typeof get>) {
    return this.#rpc.call(credentials.refreshHealth, { principal });
  }
}
