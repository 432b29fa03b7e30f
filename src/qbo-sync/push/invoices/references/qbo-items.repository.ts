import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';

/** The ids of products and services in QuickBooks, by name; of names that may be of two kinds, by kind and name. */
@Injectable()
export class QboItemsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async findId({ orgId, realmId }: QboCompany, name: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ id: string }[]>(
      prepared('select qbo_item_id as id from qbo_items where org_id = $1 and realm_id = $2 and name = $3'),
      [orgId, realmId, name],
    );
    return row?.id ?? null;
  }

  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    name: string,
    qboItemId: string,
  ): Promise<void> {
    await tx.query(
      prepared(`insert into qbo_items (realm_id, name, org_id, qbo_item_id) values ($1, $2, $3, $4)
       on conflict on constraint qbo_items_pkey do update set qbo_item_id = excluded.qbo_item_id`),
      [realmId, name, orgId, qboItemId],
    );
  }

  /** Its id is not found by the name any more. What is on documents under it stays known: `deposits:Deposit#17`. */
  async forget({ orgId, realmId }: QboCompany, name: string): Promise<void> {
    await this.dataSource.query(
      `with gone as (
         delete from qbo_items where org_id = $1 and realm_id = $2 and name = $3 returning qbo_item_id)
       insert into qbo_items (realm_id, name, org_id, qbo_item_id)
       select $2, $3 || '#' || qbo_item_id, $1, qbo_item_id from gone
       on conflict on constraint qbo_items_pkey do nothing`,
      [orgId, realmId, name],
    );
  }
}
