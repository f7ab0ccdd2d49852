import { newId, Secret, signingKeys, type Principal, type ReplyOf, type RequestOf, type SigningKey, type SigningKeyAlgorithm } from '@trunkline/contracts';
import type { World } from './world.js';

/** Signing keys as the project of a world, or as whoever is named. */
export class Keys {
  constructor(private readonly world: World) {}

  principal = (over: Partial<Principal> = {}): Principal => this.world.principal({ scopes: ['connections:read', 'connections:write'], ...over });
  ofPlatform = (): Principal => this.principal({ reach: 'platform', projectId: null });
  foreign = (): Principal => this.principal({ platformId: newId('platform'), projectId: newId('project') });

  create = (algorithm: SigningKeyAlgorithm, privateKey?: string, principal = this.principal()): Promise<SigningKey> => {
    const signingKey: RequestOf<typeof signingKeys.create>['signingKey'] = { displayName: 'A key', algorithm, ...(privateKey === undefined ? {} : { privateKey: new Secret(privateKey) }) };
    return this.world.client.rpc.call(signingKeys.create, { principal, signingKey });
  };
  list = async (principal = this.principal()): Promise<string[]> => (await this.world.client.rpc.call(signingKeys.list, { principal })).signingKeys.map(({ id }) => id);
  get = (id: string, principal = this.principal()): Promise<ReplyOf<typeof signingKeys.get>> => this.world.client.rpc.call(signingKeys.get, { principal, id });
  delete = (id: string, principal = this.principal()): Promise<ReplyOf<typeof signingKeys.delete>> => this.world.client.rpc.call(signingKeys.delete, { principal, id });
}
