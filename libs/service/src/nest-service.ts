import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NestServiceDefinition, ServiceContext, ServiceDefinition } from './define-service.js';
import { Health } from './health.js';
import type { CommonConfig, ConfigOf, Settings } from './load-config.js';
import { NestLogger } from './logger.js';
import { OperationsController } from './operations.controller.js';

/** Injection token of the service's {@link ServiceContext}. */
export const SERVICE_CONTEXT = Symbol('SERVICE_CONTEXT');

@Module({})
class ServiceRoot {}

/** Makes a service out of a Nest module: container, transports, health and metrics, graceful stop. */
export function nestService<S extends Settings>(definition: NestServiceDefinition<S>): ServiceDefinition<S> & { readonly defaultPort: number } {
  return {
    name: definition.name,
    settings: definition.settings,
    defaultPort: definition.defaultPort,
    start: async (context) => {
      const app = await NestFactory.create<NestFastifyApplication>(rootModule(definition, context), new FastifyAdapter(definition.fastify?.(context.config) ?? { logger: false }), {
        logger: new NestLogger(context.logger),
        abortOnError: false,
        // Raw Fastify parsing: the gateway sets its own limits and answers its own errors.
        bodyParser: true,
      });
      try {
        for (const strategy of definition.transports(app)) app.connectMicroservice({ strategy }, { inheritAppConfig: false });
        await definition.prepare?.(app, context);
        await app.startAllMicroservices();
        const url = await listen(app, context.config);
        let closing: Promise<void> | undefined;
        return { name: definition.name, url, close: () => (closing ??= app.close()) };
      } catch (error) {
        await app.close().catch(() => undefined);
        throw error;
      }
    },
  };
}

function rootModule<S extends Settings>(definition: NestServiceDefinition<S>, context: ServiceContext<CommonConfig & ConfigOf<S>>): DynamicModule {
  return {
    module: ServiceRoot,
    global: true,
    imports: [definition.module(context)],
    controllers: [OperationsController],
    providers: [
      { provide: SERVICE_CONTEXT, useValue: context },
      { provide: Health, useValue: context.health },
    ],
    exports: [SERVICE_CONTEXT, Health],
  };
}

async function listen(app: NestFastifyApplication, config: CommonConfig): Promise<string | null> {
  if (config.port === undefined) {
    await app.init();
    return null;
  }
  await app.listen(config.port, config.host);
  return (await app.getUrl()).replace('[::1]', 'localhost').replace('0.0.0.0', '127.0.0.1');
}
