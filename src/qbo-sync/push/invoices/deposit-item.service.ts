import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboItem } from '../../api/model/qbo-objects.js';

/** The product or service that invoice lines name, found in QuickBooks by its name or made there once. */
@Injectable()
export class DepositItemService {
  constructor(
    private readonly client: QboClient,
    private readonly dataSource: DataSource,
  ) {}

  /** The item's id. Known ones cost no call. Throws QboError that says what to do where there is none to use. */
  async ensure(company: QboCompany, name: string): Promise<string> {
    const [known] = await this.dataSource.query<{ id: string }[]>(
      'select qbo_item_id as id from qbo_items where org_id = $1 and realm_id = $2 and name = $3',
      [company.orgId, company.realmId, name],
    );
    if (known) return known.id;
    const item = (await this.findActive(company, name)) ?? (await this.create(company, name));
    await this.dataSource.query(
      `insert into qbo_items (realm_id, name, org_id, qbo_item_id) values ($1, $2, $3, $4)
       on conflict on constraint qbo_items_pkey do update set qbo_item_id = excluded.qbo_item_id`,
      [company.realmId, name, company.orgId, item.id],
    );
    return item.id;
  }

  /** Forgets what is known of an item, after QuickBooks refused it. */
  async forget(company: QboCompany, name: string): Promise<void> {
    await this.dataSource.query('delete from qbo_items where org_id = $1 and realm_id = $2 and name = $3', [
      company.orgId,
      company.realmId,
      name,
    ]);
  }

  private async findActive(company: QboCompany, name: string): Promise<QboItem | null> {
    const item = await this.client.findItemByName(company, name);
    if (item && !item.active) {
      throw new QboError(
        'not_found',
        `The product or service "${name}" is inactive in QuickBooks. Make it active there, or choose another in the settings.`,
        { operation: 'item.query' },
      );
    }
    return item;
  }

  /** Item names are unique, so whoever else made it, and whatever became of a lost answer, its name finds it. */
  private async create(company: QboCompany, name: string): Promise<QboItem> {
    const account = await this.client.findIncomeAccount(company);
    if (!account) {
      throw new QboError('validation', 'QuickBooks has no income account. Add one there first.', {
        operation: 'account.query',
      });
    }
    try {
      const draft = { name, incomeAccountId: account.id };
      return (await this.client.createItem(company, draft, `item-${randomUUID()}`)).value;
    } catch (error) {
      const mayExist =
        error instanceof QboError && (error.kind === 'duplicate_name' || error.kind === 'uncertain');
      const found = mayExist ? await this.findActive(company, name) : null;
      if (!found) throw error;
      return found;
    }
  }
}
