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

    /** Needs no inbox: the task's row decides whether there is anything to do. */
    @Consume(syncTaskJob, { concurrency: workers })
    async given({ data }: Delivery<DataOf<typeof syncTaskJob>>): Promise<void> {
      await this.#tasks.workOn(data.taskId);
    }
  }
  return TaskConsumer;
}
