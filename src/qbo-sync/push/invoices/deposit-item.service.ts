import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboItem } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ItemCreationService } from './item-creation.service.js';
import { QboItemsRepository } from './qbo-items.repository.js';

/** The product or service that invoice lines name, found in QuickBooks by its name or made there once. */
@Injectable()
export class DepositItemService {
  constructor(
    private readonly client: QboClient,
    private readonly items: QboItemsRepository,
    private readonly creation: ItemCreationService,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * The item's id. Known ones cost no call. Throws QboError that says what to do where there is none to use. One that
   * has
   * to be made is made for the proposal that needs it first.
   */
  async ensure(company: QboCompany, name: string, proposalId: number): Promise<string> {
    const known = await this.items.findId(company, name);
    if (known !== null) return known;
    const item =
      (await this.creation.findActive(company, name)) ?? (await this.create(company, name, proposalId));
    await this.items.save(this.dataSource.manager, company, name, item.id);
    return item.id;
  }

  /** Drops what is known of an item, after QuickBooks refused it: it is looked up again. */
  async invalidate(company: QboCompany, name: string): Promise<void> {
    await this.items.delete(company, name);
  }

  private async create(company: QboCompany, name: string, proposalId: number): Promise<QboItem> {
    const account = await this.client.findIncomeAccount(company);
    if (!account) {
      throw new QboError('validation', 'QuickBooks has no income account. Add one there first.', {
        operation: 'account.query',
      });
    }
    return this.creation.create(company, { name, incomeAccountId: account.id }, proposalId);
  }
}
