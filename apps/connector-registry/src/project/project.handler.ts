import { Controller, Inject } from '@nestjs/common';
import { projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createProject } from './create-project.js';
import { getProject } from './get-project.js';
import { listProjects } from './list-projects.js';
import { updateProject } from './update-project.js';

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

  @Rpc(projects.list)
  list(request: RequestOf<typeof projects.list>): Promise<ReplyOf<typeof projects.list>> {
    return listProjects(this.#parts, request);
  }

  @Rpc(projects.get)
  get(request: RequestOf<typeof projects.get>): Promise<ReplyOf<typeof projects.get>> {
    return getProject(this.#parts, request);
  }

  @Rpc(projects.update)
  update(request: RequestOf<typeof projects.update>): Promise<ReplyOf<typeof projects.update>> {
    return updateProject(this.#parts, request);
  }
}
