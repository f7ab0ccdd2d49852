import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event whose effect has been had. */
@Entity('inbox')
export class InboxRow {
  @PrimaryColumn('text')
  consumer!: string;

  @PrimaryColumn('text', { name: 'event_id' })
  eventId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;
}
