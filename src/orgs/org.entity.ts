import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const SECOND_FACTOR_SETTINGS = ['optional', 'required'] as const;
/** `required`: nobody is let in who has none; they can only set one up. */
export type SecondFactorSetting = (typeof SECOND_FACTOR_SETTINGS)[number];

/** A tenant: one contractor with its people, customers and QuickBooks company. */
@Entity('orgs')
export class Org {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  /** Whether people need a second factor to be let in. */
  @Column({ name: 'second_factor', type: 'text', default: 'optional' })
  secondFactor!: SecondFactorSetting;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
