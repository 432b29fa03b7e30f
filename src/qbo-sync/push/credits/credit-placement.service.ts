import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { finalFirst } from '../../../contracts/credits/credit-shares.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { creditLeft } from '../../../messages/reasons/credit-reasons.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import { foundOrNull } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboCreditMemo, QboInvoice } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import {
  CreditMemoProjectorService,
  leftSubjectOf,
} from '../../pull/credits/credit-memo-projector.service.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { creditApplicationOf } from './credit-memo-draft.js';

type Application = OutboundOperation<'credit.apply'>;

/**
 * Decides on which invoice of its contract what is left of a credit memo goes next. Promise: never more than is left of
 * the one or open on the other, as QuickBooks says at that moment; what no invoice takes is the customer's credit, and
 * a person hears of it.
 */
@Injectable()
export class CreditPlacementService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly client: QboClient,
    private readonly rates: DocumentRatesService,
    private readonly refresh: InvoiceRefreshService,
    private readonly projector: CreditMemoProjectorService,
    private readonly settings: OrgSettingsService,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** The next application, from what credit memo and invoices are at this moment; null where none takes it. */
  async next(company: QboCompany, memo: CreditMemo, before: Application | null): Promise<Application | null> {
    const creditMemoId = memo.qboCreditMemoId!;
    const read = await foundOrNull(this.client.credits.get(company, creditMemoId));
    const change: Changed<QboCreditMemo> = read
      ? { id: creditMemoId, deleted: false, object: read }
      : { id: creditMemoId, deleted: true };
    await this.dataSource.transaction((tx) => this.projector.applyIn(tx, company, [change]));
    if (!read || read.balanceCents <= 0) return null;
    const invoice = await this.openInvoice(company, memo);
    if (!invoice) return this.leave(memo, read.balanceCents);
    const { timeZone } = await this.settings.get(memo.orgId);
    const txnDate = dayInZone(this.clock.now(), timeZone);
    const rate = await this.rates.rateOn(company, memo.currency, txnDate, 'payment.create');
    const facts = { txnDate, currency: memo.currency, ...(rate === null ? {} : { exchangeRate: rate }) };
    const amountCents = Math.min(read.balanceCents, invoice.balanceCents);
    const requestId = `use-${randomUUID()}`;
    return this.operations.insertOnce(this.dataSource.manager, {
      orgId: memo.orgId,
      realmId: company.realmId,
      kind: 'credit.apply',
      entityId: memo.id,
      proposalId: memo.proposalId,
      generation: (before?.generation ?? 0) + 1,
      requestId,
      payload: creditApplicationOf(creditMemoId, invoice, amountCents, facts, requestId),
    });
  }

  /** The first invoice of the contract with something to pay, as QuickBooks has it now. */
  private async openInvoice(
    company: QboCompany,
    { orgId, proposalId }: CreditMemo,
  ): Promise<QboInvoice | null> {
    const made = await this.invoices.listMade(this.dataSource.manager, orgId, [proposalId]);
    const candidates = made.filter(
      (one) => isLive(one) && one.qboRealmId === company.realmId && (one.balanceCents ?? 0) > 0,
    );
    for (const { qboInvoiceId } of candidates.toSorted(finalFirst)) {
      const snapshot = await this.refresh.snapshot(company, qboInvoiceId!);
      await this.refresh.apply(company, [snapshot]);
      if (!snapshot.deleted && snapshot.invoice.balanceCents > 0) return snapshot.invoice;
    }
    return null;
  }

  private async leave(memo: CreditMemo, leftCents: number): Promise<null> {
    const { orgId, proposalId, number, currency } = memo;
    await this.dataSource.transaction(async (tx) => {
      const customer = await this.customers.nameOf(tx, { orgId, proposalId });
      await this.inbox.open(tx, {
        orgId,
        subject: leftSubjectOf(memo),
        code: 'credit_left',
        reason: creditLeft(number, { cents: leftCents, currency }, { id: proposalId, customer }),
        proposalId,
      });
    });
    return null;
  }
}
