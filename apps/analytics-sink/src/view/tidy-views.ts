import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { every, SERVICE_CONTEXT, type CommonConfig, type Loop, type ServiceContext } from '@trunkline/service';
import type { SinkConfig } from '../config.js';
import { StreamViews } from './stream-views.js';

/** Keeps the views in step with the streams there are. */
@Injectable()
export class TidyViews implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #views: StreamViews;
  readonly #context: ServiceContext<CommonConfig & SinkConfig>;
  #loop: Loop | undefined;

  constructor(@Inject(StreamViews) views: StreamViews, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & SinkConfig>) {
    this.#views = views;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(this.#context.config.sinkTidySeconds * 1_000, 'tidying of views', this.#context.logger, () => this.#views.tidy());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
