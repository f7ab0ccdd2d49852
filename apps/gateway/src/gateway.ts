import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { gatewaySettings } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { fastifyOptions, prepareHttp } from './prepare-http.js';

/** Turns HTTP into contract calls and errors into HTTP. Owns nothing. */
export const gateway = nestService({
  name: 'gateway',
  settings: gatewaySettings,
  module: () => GatewayModule.forRoot(),
  transports: natsTransports,
  fastify: fastifyOptions,
  prepare: prepareHttp,
  defaultPort: 3000,
});
