import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('project')
export class ProjectRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Column('text', { name: 'return_urls', array: true })
  returnUrls!: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
