import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One customer of the installation; everything else belongs to a platform. */
@Entity('platform')
export class PlatformRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
