import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UserRole } from './permissions.js';

/** What a person may be allowed to do. The rows come with the schema. */
@Entity('roles')
export class Role {
  @PrimaryColumn({ name: 'id', type: 'smallint' })
  id!: number;

  @Column({ name: 'name', type: 'text' })
  name!: UserRole;
}
