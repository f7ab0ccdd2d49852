import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Our registration at a provider: of the installation, of a platform, of one of its projects, or of a single connection. */
@Entity('oauth_app')
export class OauthAppRow {
  @PrimaryColumn('text')
  id!: string;

  /** Null: built in, for every platform. */
  @Column('text', { name: 'platform_id', nullable: true })
  platformId!: string | null;

  /** Null: the platform's, for every project without an app of its own. */
  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  @Column('text')
  connector!: string;

  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** Null for a public client, and for one that proves itself with a key. */
  @Column('bytea', { name: 'sealed_client_secret', nullable: true })
  sealedClientSecret!: Buffer | null;

  /** `private_key_jwt`, in place of a secret. */
  @Column('bytea', { name: 'sealed_private_key', nullable: true })
  sealedPrivateKey!: Buffer | null;

  /** The header `kid` of what the key signs. */
  @Column('text', { name: 'key_id', nullable: true })
  keyId!: string | null;

  /** The one connection it is for; null: for any of its owner's. */
  @Column('text', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
