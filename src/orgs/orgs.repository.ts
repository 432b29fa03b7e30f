import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { violatesUnique } from '../platform/database/failures/sqlstate.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { throughDoor } from '../platform/database/scope/scope.js';
import { DEFAULT_CURRENCY } from './settings/org-settings.entity.js';
import { Org, type SecondFactorSetting } from './org.entity.js';

/** The orgs table. */
@Injectable()
export class OrgsRepository {
  async insert(tx: EntityManager, name: string, at: Date): Promise<Org> {
    const org = tx.create(Org, { name, createdAt: at });
    await tx.insert(Org, org);
    return org;
  }

  /**
   * Adds an organisation under an id of the caller's choice; ids given out later are higher than it. Others that add
   * an organisation wait meanwhile, so that the sequence never falls behind one of theirs.
   */
  async insertWithId(tx: EntityManager, id: number, name: string, at: Date): Promise<Org> {
    await tx.query('lock table orgs in share row exclusive mode');
    const insert = 'insert into orgs (id, name, created_at) values ($1, $2, $3)';
    await tx.query(insert, [id, name, at]).catch((error: unknown) => {
      if (!violatesUnique(error, 'orgs_pkey')) throw error;
      throw new DomainError('conflict', 'org_exists', `There is an organisation ${id} already.`);
    });
    await tx.query(`
      select setval(pg_get_serial_sequence('orgs', 'id'), greatest((select max(id) from orgs), last_value))
      from pg_sequences
      where format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('orgs', 'id')`);
    return tx.create(Org, { id, name, createdAt: at });
  }

  /** Answers false where it is so already. */
  async setSecondFactor(tx: EntityManager, id: number, secondFactor: SecondFactorSetting): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      'update orgs set second_factor = $2 where id = $1 and second_factor <> $2',
      [id, secondFactor],
    );
    return count === 1;
  }

  async find(tx: EntityManager, id: number): Promise<Org | null> {
    return tx.findOneBy(Org, { id });
  }

  async get(tx: EntityManager, id: number): Promise<Org> {
    return tx.findOneByOrFail(Org, { id });
  }

  /** Every organisation with its own currency: that of the connected company, else what it chose, else USD. */
  async listCurrencies(tx: EntityManager): Promise<{ id: number; currency: string }[]> {
    return throughDoor('overview', () =>
      tx.query<{ id: number; currency: string }[]>(
        `select o.id, coalesce(s.company_currency, s.currency, '${DEFAULT_CURRENCY}') as currency
         from orgs o left join org_settings s on s.org_id = o.id order by o.id`,
      ),
    );
  }

  async listIds(tx: EntityManager): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>('select id from orgs order by id');
    return rows.map((row) => row.id);
  }
}
