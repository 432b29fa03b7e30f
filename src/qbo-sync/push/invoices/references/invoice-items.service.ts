import { Injectable } from '@nestjs/common';
import type { Contract } from '../../../../contracts/contract.entity.js';
import { depositItemNameOf, WORK_ITEM_NAME } from '../../../../contracts/billing/deposit-item-name.js';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import type { InvoiceKind } from '../../../../invoices/invoice.entity.js';
import type { InvoiceLineKind } from '../../../../invoices/invoice-line.entity.js';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { RefundDraft } from '../../../api/model/qbo-objects.js';
import { ContractCodingService } from './contract-coding.service.js';
import { taxCodeOf, taxOf, type TaxTerms, UNTAXED } from './invoice-tax.js';
import { DepositItemService } from './deposit-item.service.js';
import { type ItemAccount, RETAINAGE_ITEM_NAME } from './item-account.js';

type ContractTerms = Pick<
  Contract,
  'orgId' | 'proposalId' | 'depositMode' | 'depositItemName' | 'retainagePercent'
>;

/** What a refund names in QuickBooks, and the code of what of it was taxed. */
export type RefundItem = Pick<RefundDraft, 'itemId' | 'taxCode' | 'amountsAre'> & { taxedCode: string };

/** Which product or service each kind of line names, and on which account it is. */
@Injectable()
export class InvoiceItemsService {
  constructor(
    private readonly items: DepositItemService,
    private readonly contracts: ContractsService,
    private readonly coding: ContractCodingService,
    private readonly settings: OrgSettingsService,
  ) {}

  /** The ids of what an invoice of this kind may name, by the kind of line. Throws QboError where one cannot be had. */
  async ensureFor(
    company: QboCompany,
    contract: ContractTerms,
    kind: InvoiceKind,
  ): Promise<ReadonlyMap<InvoiceLineKind, string>> {
    const ids = new Map<InvoiceLineKind, string>();
    for (const lineKind of lineKindsOf(kind, contract)) {
      const { name, account } = await this.itemOf(lineKind, contract);
      ids.set(lineKind, await this.items.ensure(company, name, contract.proposalId, account));
    }
    return ids;
  }

  /**
   * What a payment of an invoice of this kind is refunded by: the item that it was billed by; that of an income where a
   * proposal was paid without an approval. What was withheld was billed as work before, and is not owed again.
   */
  async ensureForRefund(company: QboCompany, proposalId: number, kind: InvoiceKind): Promise<RefundItem> {
    const { orgId } = company;
    const contract = await this.contracts.find(orgId, proposalId);
    const depositMode = contract?.depositMode ?? 'income';
    const lineKind = kind === 'deposit' ? kind : 'work';
    const depositItemName = contract?.depositItemName ?? null;
    const { name, account } = await this.itemOf(lineKind, { orgId, depositMode, depositItemName });
    const settings = await this.settings.get(orgId);
    const { taxCode, exemptTaxCode } = await this.coding.idsOf(company, contract, settings);
    const terms: TaxTerms = { ...UNTAXED, taxCode, exemptTaxCode };
    const { amountsAre } = taxOf([], terms, '');
    return {
      itemId: await this.items.ensure(company, name, proposalId, account),
      taxCode: taxCodeOf('deposit', terms),
      taxedCode: taxCodeOf('work', { ...terms, mode: 'qbo' }),
      ...(amountsAre === undefined ? {} : { amountsAre }),
    };
  }

  async depositItemName(contract: ContractTerms): Promise<string> {
    return (await this.itemOf('deposit', contract)).name;
  }

  /** Drops what is known of them, after QuickBooks refused one. */
  async invalidateFor(company: QboCompany, contract: ContractTerms): Promise<void> {
    for (const lineKind of ['work', 'deposit', 'retainage'] as const) {
      const { name, account } = await this.itemOf(lineKind, contract);
      await this.items.invalidate(company, name, account);
    }
  }

  private async itemOf(
    kind: InvoiceLineKind,
    { orgId, depositMode, ...contract }: Pick<ContractTerms, 'orgId' | 'depositMode' | 'depositItemName'>,
  ): Promise<{ name: string; account: ItemAccount }> {
    if (kind === 'work') return { name: WORK_ITEM_NAME, account: 'income' };
    if (kind === 'retainage') return { name: RETAINAGE_ITEM_NAME, account: 'retainage' };
    const depositItemName = contract.depositItemName ?? (await this.settings.get(orgId)).depositItemName;
    const name = depositItemNameOf({ depositMode, depositItemName });
    return { name, account: depositMode === 'liability' ? 'deposits' : 'income' };
  }
}

function lineKindsOf(kind: InvoiceKind, { retainagePercent, depositMode }: ContractTerms): InvoiceLineKind[] {
  if (kind === 'deposit' || kind === 'retainage') return [kind];
  const withheld: InvoiceLineKind[] = retainagePercent > 0 ? ['retainage'] : [];
  const takesDepositOff = kind === 'final' || depositMode === 'liability';
  return takesDepositOff ? ['work', 'deposit', ...withheld] : ['work', ...withheld];
}
