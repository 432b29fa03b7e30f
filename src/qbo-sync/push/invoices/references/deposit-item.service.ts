import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { AccountDraft, QboAccount, QboItem } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { type ItemAccount, itemKeyOf, mayBeOnOtherAccount } from './item-account.js';
import { ItemCreationService } from './item-creation.service.js';
import { QboItemsRepository } from './qbo-items.repository.js';

interface WantedAccount extends AccountDraft {
  /** Of accounts of the type, one of such a name will do. */
  like: RegExp;
}

const ACCOUNTS: Readonly<Record<Exclude<ItemAccount, 'income'>, WantedAccount>> = {
  deposits: {
    name: 'Customer Deposits',
    like: /customer deposit/i,
    accountType: 'Other Current Liability',
    accountSubType: 'OtherCurrentLiabilities',
  },
  retainage: {
    name: 'Retainage Receivable',
    like: /retain(age|ed)/i,
    accountType: 'Other Current Asset',
    accountSubType: 'OtherCurrentAssets',
  },
};

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
   * The item's id. Known ones cost no call. Throws QboError that says what to do where there is none to use, as where
   * the one of this name is on the account of another kind. One that has to be made is made for the proposal that needs
   * it first.
   */
  async ensure(
    company: QboCompany,
    name: string,
    proposalId: number,
    account: ItemAccount = 'income',
  ): Promise<string> {
    const key = itemKeyOf(name, account);
    const known = await this.items.findId(company, key);
    if (known !== null) return known;
    const found = await this.creation.findActive(company, name);
    if (found && mayBeOnOtherAccount(name, account)) await this.assertBookedTo(company, found, account);
    const item = found ?? (await this.create(company, name, proposalId, account));
    await this.items.save(this.dataSource.manager, company, key, item.id);
    return item.id;
  }

  /** Drops what is known of an item, after QuickBooks refused it: it is looked up again. */
  async invalidate(company: QboCompany, name: string, account: ItemAccount): Promise<void> {
    await this.items.forget(company, itemKeyOf(name, account));
  }

  /** One of this name that somebody made is used where it is booked as it has to be, and not otherwise. */
  private async assertBookedTo(
    company: QboCompany,
    { name, incomeAccountId }: QboItem,
    wanted: ItemAccount,
  ): Promise<void> {
    const accountType = wanted === 'income' ? 'Income' : ACCOUNTS[wanted].accountType;
    const { read, unreadable } = await this.client.accounts.findActive(company, accountType);
    if ([...read, ...unreadable].some(({ id }) => id === incomeAccountId)) return;
    throw new QboError(
      'validation',
      `The product or service "${name}" is not booked to an account of the type ${accountType}. Give it one in ` +
        'QuickBooks, or rename it there: then one is made.',
      { operation: 'item.query' },
    );
  }

  private async create(
    company: QboCompany,
    name: string,
    proposalId: number,
    kind: ItemAccount,
  ): Promise<QboItem> {
    const account =
      kind === 'income'
        ? await this.client.accounts.findIncome(company)
        : await this.ensureAccount(company, ACCOUNTS[kind]);
    if (!account) {
      throw new QboError('validation', 'QuickBooks has no income account. Add one there first.', {
        operation: 'account.query',
      });
    }
    const item = await this.creation.create(company, { name, incomeAccountId: account.id }, proposalId);
    // Another process may have made one of this name, of another kind.
    if (item.incomeAccountId !== account.id && mayBeOnOtherAccount(name, kind))
      await this.assertBookedTo(company, item, kind);
    return item;
  }

  /** The account of this name, or one like it. Names are unique, so one that another process just made is found. */
  private async ensureAccount(company: QboCompany, wanted: WantedAccount): Promise<QboAccount> {
    const find = async (): Promise<QboAccount | null> => {
      const { read: accounts } = await this.client.accounts.findActive(company, wanted.accountType);
      const named = accounts.find(({ name }) => name === wanted.name);
      return named ?? accounts.find(({ name }) => wanted.like.test(name)) ?? null;
    };
    const known = await find();
    if (known) return known;
    try {
      const requestId = `acct-${randomUUID()}`;
      return (await this.client.accounts.create(company, wanted, requestId)).value;
    } catch (error) {
      const made = error instanceof QboError && error.kind === 'duplicate_name' ? await find() : null;
      if (made) return made;
      throw error;
    }
  }
}
