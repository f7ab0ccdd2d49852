import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Our registration at a provider, of a platform or of one of its projects. */
@Entity('oauth_app')
export class OauthAppRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  /** Null: the platform's, for every project without an app of its own. */
  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  @Column('text')
  connector!: string;

  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** Null for a public client. */
  @Column('bytea', { name: 'sealed_client_secret', nullable: true })
  sealedClientSecret!: Buffer | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
