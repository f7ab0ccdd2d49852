import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newSigningKey, signingKey, signingKeyId, signingKeys, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const mayRead = { kind: 'key', scope: 'connections:read' } as const;
const mayWrite = { kind: 'key', scope: 'connections:write' } as const;
const byId = z.strictObject({ id: signingKeyId });

const listKeys = endpoint({
  method: 'GET', path: '/api/v1/signing-keys', tag: 'Signing keys', summary: 'List the signing keys', access: mayRead,
  description: 'Public halves only. With a project\'s key those of the project, with a platform\'s key those of the platform.',
  reply: z.object({ signingKeys: z.array(signingKey) }),
});
const createKey = endpoint({
  method: 'POST', path: '/api/v1/signing-keys', tag: 'Signing keys', summary: 'Generate or upload a signing key', access: mayWrite,
  description:
    'For connections by JWT bearer (RS256, PS256, ES256, EdDSA) and by SSH key (ssh-ed25519, ssh-rsa). Without privateKey a pair is generated. ' +
    'Register the public half at the provider in whichever form it takes. The private half is sealed and never comes out here.',
  body: newSigningKey, reply: signingKey, status: 201,
});
const getKey = endpoint({
  method: 'GET', path: '/api/v1/signing-keys/:id', tag: 'Signing keys', summary: 'Get a signing key\'s public half', access: mayRead,
  params: byId, reply: signingKey, errors: ['ENTITY_NOT_FOUND'],
});
const deleteKey = endpoint({
  method: 'DELETE', path: '/api/v1/signing-keys/:id', tag: 'Signing keys', summary: 'Destroy a signing key', access: mayWrite,
  description: 'The private half is gone for good. Refused (VALIDATION, with their number) while connections use the key.',
  params: byId, reply: signingKey, errors: ['ENTITY_NOT_FOUND'],
});

/** Key pairs that connections sign with. */
@Controller()
export class SigningKeysController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(listKeys)
  list(@Call() { principal }: CallOf<typeof listKeys>): Promise<ReplyOf<typeof signingKeys.list>> {
    return this.#rpc.call(signingKeys.list, { principal });
  }

  @Serve(createKey)
  create(@Call() { principal, body }: CallOf<typeof createKey>): Promise<ReplyOf<typeof signingKeys.create>> {
    return this.#rpc.call(signingKeys.create, { principal, signingKey: body });
  }

  @Serve(getKey)
  get(@Call() { principal, params }: CallOf<typeof getKey>): Promise<ReplyOf<typeof signingKeys.get>> {
    return this.#rpc.call(signingKeys.get, { principal, id: params.id });
  }

  @Serve(deleteKey)
  delete(@Call() { principal, params }: CallOf<typeof deleteKey>): Promise<ReplyOf<typeof signingKeys.delete>> {
    return this.#rpc.call(signingKeys.delete, { principal, id: params.id });
  }
}
