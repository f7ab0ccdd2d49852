import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { clientSecretRotations, credentialRotations, newRotation, rotation, webhookSecretRotations } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const admin = { kind: 'key', scope: 'admin' } as const;
const started = z.object({ credentials: rotation, clientSecrets: rotation, webhookSecrets: rotation });
const listed = z.object({ credentials: z.array(rotation), clientSecrets: z.array(rotation), webhookSecrets: z.array(rotation) });

const startRotation = endpoint({
  method: 'POST', path: '/api/v1/vault/rotations', tag: 'Vault', summary: 'Rotate the master key or data keys', access: admin,
  description: "With the installation's admin key only. Begins in every service that seals, or joins what is running there: asked twice it is one rotation.",
  body: newRotation, reply: started, status: 202,
});
const listRotations = endpoint({
  method: 'GET', path: '/api/v1/vault/rotations', tag: 'Vault', summary: 'List rotations and their progress', access: admin,
  description: "The latest fifty of each service, newest first. With the installation's admin key only.", reply: listed,
});

/** Rotations of keys. Each service that seals has its own; what is asked for here goes to all of them. */
@Controller()
export class VaultController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  /** If one of them is away the caller is told to ask again, and joins what the others have begun. */
  @Serve(startRotation)
  async start(@Call() { principal, body }: CallOf<typeof startRotation>): Promise<z.output<typeof started>> {
    const request = { principal, rotation: body };
    const [credentials, clientSecrets, webhookSecrets] = await Promise.all([
      this.#rpc.call(credentialRotations.start, request),
      this.#rpc.call(clientSecretRotations.start, request),
      this.#rpc.call(webhookSecretRotations.start, request),
    ]);
    return { credentials, clientSecrets, webhookSecrets };
  }

  @Serve(listRotations)
  async list(@Call() { principal }: CallOf<typeof listRotations>): Promise<z.output<typeof listed>> {
    const [credentials, clientSecrets, webhookSecrets] = await Promise.all([
      this.#rpc.call(credentialRotations.list, { principal }),
      this.#rpc.call(clientSecretRotations.list, { principal }),
      this.#rpc.call(webhookSecretRotations.list, { principal }),
    ]);
    return { credentials: credentials.rotations, clientSecrets: clientSecrets.rotations, webhookSecrets: webhookSecrets.rotations };
  }
}
