import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { clientSecretRotations, credentialRotations, newRotation, rotation } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const admin = { kind: 'key', scope: 'admin' } as const;
const started = z.object({ credentials: rotation, clientSecrets: rotation });
const listed = z.object({ credentials: z.array(rotation), clientSecrets: z.array(rotation) });

const startRotation = endpoint({
  method: 'POST', path: '/api/v1/vault/rotations', tag: 'Vault', summary: 'Rotate the master key or data keys', access: admin,
  description: "With the installation's admin key only. Begins in both services that seal, or joins what is running there: asked twice it is one rotation.",
  body: newRotation, reply: started, status: 202,
});
const listRotations = endpoint({
  method: 'GET', path: '/api/v1/vault/rotations', tag: 'Vault', summary: 'List rotations and their progress', access: admin,
  description: "The latest fifty of each service, newest first. With the installation's admin key only.", reply: listed,
});

/** Rotations of keys. Each service that seals has its own; what is asked for here goes to both. */
@Controller()
export class VaultController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  /** If one of the two is away the caller is told to ask again, and joins what the other one has begun. */
  @Serve(startRotation)
  async start(@Call() { principal, body }: CallOf<typeof startRotation>): Promise<z.output<typeof started>> {
    const [credentials, clientSecrets] = await Promise.all([
      this.#rpc.call(credentialRotations.start, { principal, rotation: body }),
      this.#rpc.call(clientSecretRotations.start, { principal, rotation: body }),
    ]);
    return { credentials, clientSecrets };
  }

  @Serve(listRotations)
  async list(@Call() { principal }: CallOf<typeof listRotations>): Promise<z.output<typeof listed>> {
    const [credentials, clientSecrets] = await Promise.all([
      this.#rpc.call(credentialRotations.list, { principal }),
      this.#rpc.call(clientSecretRotations.list, { principal }),
    ]);
    return { credentials: credentials.rotations, clientSecrets: clientSecrets.rotations };
  }
}
