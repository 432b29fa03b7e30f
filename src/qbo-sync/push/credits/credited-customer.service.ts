import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { finalFirst } from '../../../contracts/credits/credit-shares.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { foundOrNull } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';

/** Whom a credit memo is made out to in QuickBooks. */
@Injectable()
export class CreditedCustomerService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly client: QboClient,
  ) {}

  /**
   * Whom the invoices with something to pay are made out to, whoever the contract's customer is linked to by now: what
   * one has to their credit pays no invoice of another. Read where the two differ, as customers may have been merged.
   */
  async of(
    company: QboCompany,
    { orgId, proposalId }: Pick<CreditMemo, 'orgId' | 'proposalId'>,
    linkedTo: string,
  ): Promise<string> {
    const made = await this.invoices.listMade(this.dataSource.manager, orgId, [proposalId]);
    const open = made.filter(
      (one) => isLive(one) && one.qboRealmId === company.realmId && (one.balanceCents ?? 0) > 0,
    );
    const [first] = open.toSorted(finalFirst);
    if (!first || open.some(({ qboCustomerRef }) => qboCustomerRef === linkedTo)) return linkedTo;
    const invoice = await foundOrNull(this.client.invoices.get(company, first.qboInvoiceId!));
    return invoice?.customerId ?? linkedTo;
  }
}
