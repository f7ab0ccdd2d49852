import { Controller, Inject } from '@nestjs/common';
import { projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createProject } from './create-project.js';

@Controller()
export class ProjectHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(projects.create)
  create(request: RequestOf<typeof projects.create>): Promise<ReplyOf<typeof projects.create>> {
    return createProject(this.#parts, request);
  }
}
