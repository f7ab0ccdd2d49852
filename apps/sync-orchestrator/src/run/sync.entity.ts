import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One "sync now" of a project: the runs it started or joined are in `sync_run`. */
@Entity('sync')
export class SyncRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'project_id' })
  projectId!: string;

  @Column('text', { array: true })
  connectors!: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
