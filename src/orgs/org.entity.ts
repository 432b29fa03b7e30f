import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A tenant: one contractor with its people, customers and QuickBooks company. */
@Entity('orgs')
export class Org {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
