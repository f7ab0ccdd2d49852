import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A fact that is true once the transaction commits, waiting to be told. */
@Entity('outbox')
export class OutboxRow {
  /** CloudEvents id, and the message id that lets the server drop a second publication. */
  @PrimaryColumn('text')
  id!: string;

  @Column('bigint')
  place!: string;

  @Column('text')
  subject!: string;

  @Column('text')
  type!: string;

  @Column('text', { nullable: true })
  about!: string | null;

  @Column('jsonb')
  data!: object;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
