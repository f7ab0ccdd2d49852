import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newProject, page, pageRequest, platformId, project, projectChange, projectId, projects, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from './admin.js';

const tag = 'Tenancy';
const byId = z.strictObject({ id: projectId });

const list = endpoint({
  method: 'GET', path: '/api/v1/projects', operation: 'listProjects', tag, summary: 'List projects',
  description: 'Those within reach: a key of a project sees it, a person the projects it is a member of, an admin of a platform all of its projects. Oldest first.',
  query: z.strictObject({ platformId: platformId.optional(), ...pageRequest }), reply: page(project), errors: ['ENTITY_NOT_FOUND'],
});
const create = endpoint({
  method: 'POST', path: '/api/v1/projects', operation: 'createProject', tag, summary: 'Create a project of a platform', access: admin,
  body: newProject, reply: project, status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const get = endpoint({
  method: 'GET', path: '/api/v1/projects/:id', operation: 'getProject', tag, summary: 'Get a project',
  params: byId, reply: project, errors: ['ENTITY_NOT_FOUND'],
});
const update = endpoint({
  method: 'POST', path: '/api/v1/projects/:id', operation: 'updateProject', tag, summary: 'Change a project', access: admin,
  description: 'For its admins and those of its platform. The list of return URLs is replaced as a whole.', params: byId, body: projectChange, reply: project, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class ProjectsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof projects.list>> {
    return this.#rpc.call(projects.list, { principal, ...query });
  }

  @Serve(create)
  create(@Call() { principal, body }: CallOf<typeof create>): Promise<ReplyOf<typeof projects.create>> {
    return this.#rpc.call(projects.create, { principal, project: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof projects.get>> {
    return this.#rpc.call(projects.get, { principal, id: params.id });
  }

  @Serve(update)
  update(@Call() { principal, params, body }: CallOf<typeof update>): Promise<ReplyOf<typeof projects.update>> {
    return this.#rpc.call(projects.update, { principal, id: params.id, change: body });
  }
}
