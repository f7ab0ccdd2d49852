import { Controller, Inject, Module } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { credentialRotations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { MessagingModule, natsTransports, Rpc } from '@trunkline/messaging';
import { DatabaseModule, DataKeys1760000000001, OutboxAndInbox1760000000000, rotationProviders, Rotations, Rotations1761900000002, VaultModule, vaultSettings } from '@trunkline/persistence';
import { databaseSettings, nestService } from '@trunkline/service';

class Boxes1760000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE sealing.box (id text PRIMARY KEY, owner text NOT NULL, sealed bytea, writes int NOT NULL DEFAULT 0)');
    await runner.query('CREATE TABLE sealing."second" (id text PRIMARY KEY, owner text NOT NULL, sealed bytea)');
  }

  async down(): Promise<void> {
    throw new Error('not needed');
  }
}

export const contextOf = ({ id, owner }: { id: string; owner: string }) => ({ tenant: owner, subject: id, field: 'box' });

export const sealingDatabase = { schema: 'sealing', entities: [], migrations: [OutboxAndInbox1760000000000, DataKeys1760000000001, Boxes1760000000005, Rotations1761900000002] };
const tables = ['box', '"second"'].map((table) => ({ table, id: 'id', sealed: 'sealed', tenant: 'owner', columns: 'id, owner', contextOf }));

@Controller()
class RotationHandler {
  constructor(@Inject(Rotations) private readonly rotations: Rotations) {}

  @Rpc(credentialRotations.start)
  start(request: RequestOf<typeof credentialRotations.start>): Promise<ReplyOf<typeof credentialRotations.start>> {
    return this.rotations.start(request);
  }

  @Rpc(credentialRotations.get)
  get(request: RequestOf<typeof credentialRotations.get>): Promise<ReplyOf<typeof credentialRotations.get>> {
    return this.rotations.get(request);
  }

  @Rpc(credentialRotations.list)
  list(request: RequestOf<typeof credentialRotations.list>): Promise<ReplyOf<typeof credentialRotations.list>> {
    return this.rotations.list(request);
  }
}

@Module({})
class SealingModule {}

/** The smallest service that seals: two tables, and rotations of its keys. */
export const sealingService = nestService({
  name: 'token-refresher',
  settings: { ...databaseSettings, ...vaultSettings },
  module: ({ config }) => ({
    module: SealingModule,
    imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(sealingDatabase), VaultModule.forRoot(config)],
    controllers: [RotationHandler],
    providers: rotationProviders(config, tables),
  }),
  transports: natsTransports,
  defaultPort: 0,
});
