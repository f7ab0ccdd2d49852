import { Controller, Inject, type Type } from '@nestjs/common';
import { syncTaskJob, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { WorkOnTask } from './work-on-task.js';

/** The worker's edge. A class per service instance, because the number of workers is a setting. */
export function taskConsumer(workers: number): Type<unknown> {
  @Controller()
  class TaskConsumer {
    readonly #tasks: WorkOnTask;

    constructor(@Inject(WorkOnTask) tasks: WorkOnTask) {
      this.#tasks = tasks;
    }

    /** Needs no inbox: the tasks' rows decide whether there is anything to do, and for whom. */
    @Consume(syncTaskJob, { concurrency: workers, evenly: true })
    async given(_nudge: Delivery<DataOf<typeof syncTaskJob>>): Promise<void> {
      await this.#tasks.work();
    }
  }
  return TaskConsumer;
}
