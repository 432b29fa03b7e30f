import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether an organisation lets people in who have no second factor. It stands with the organisation and not with its
 * settings, since it is asked before anybody is let in, when no row of an organisation can be seen.
 */
export class SecondFactorDuty1791590400069 implements MigrationInterface {
  readonly name = 'SecondFactorDuty1791590400069';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table orgs
        add column second_factor text not null default 'optional',
        add constraint orgs_second_factor_known check (second_factor in ('optional', 'required'))`);
  }

  /** The version before asks nobody for a factor that they do not have. */
  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table orgs drop column second_factor');
  }
}
