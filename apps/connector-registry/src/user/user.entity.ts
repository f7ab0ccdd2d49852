import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person of a platform. The table is not called "user": that is a reserved word. */
@Entity('app_user')
export class UserRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  @Column('text')
  email!: string;

  @Column('text', { name: 'first_name' })
  firstName!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;

  @Column('text', { name: 'platform_role' })
  platformRole!: 'ADMIN' | 'MEMBER';

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
