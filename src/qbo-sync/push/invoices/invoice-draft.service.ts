import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { CustomersRepository } from '../../../customers/customers.repository.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { depositOf } from '../../../proposals/deposit.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { InvoiceDraft } from '../../api/model/qbo-objects.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { CustomerUndecidedError } from '../customers/customer-undecided-error.js';
import { CurrencyCustomersService } from '../customers/currency-customers.service.js';
import { CustomerSyncService } from '../customers/customer-sync.service.js';
import { DepositItemService } from './deposit-item.service.js';
import { invoiceAmountCents, invoiceDraftOf } from './invoice-draft.js';

/** Brings together what an invoice needs in QuickBooks before it can be asked for: the right customer and the item. */
@Injectable()
export class InvoiceDraftService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomersRepository,
    private readonly customerSync: CustomerSyncService,
    private readonly currencyCustomers: CurrencyCustomersService,
    private readonly rates: DocumentRatesService,
    private readonly items: DepositItemService,
    private readonly payments: PaymentsRepository,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The invoice of an approved proposal, dated today in the company's time zone. Throws QboError where a part is
   * missing.
   */
  async draft(
    company: QboCompany,
    proposal: Lead,
    generation: number,
    requestId: string,
  ): Promise<InvoiceDraft> {
    const { orgId } = company;
    const customerId = proposal.customerId!;
    const customer = await this.customers.findInOrg(this.dataSource.manager, orgId, customerId);
    if (!customer) throw notFound('customer', customerId);
    const { depositItemName, termsDays, timeZone } = await this.settings.get(orgId);
    const today = dayInZone(this.clock.now(), timeZone);
    const { currency } = proposal;
    const exchangeRate = await this.rates.rateOn(company, currency, today, 'invoice.create');
    return invoiceDraftOf({
      proposalId: proposal.id,
      proposalName: proposal.name,
      currency,
      exchangeRate,
      amountCents: await this.amountCents(proposal),
      qboCustomerId: await this.qboCustomerId(company, customerId, currency, exchangeRate),
      customerEmail: customer.email,
      qboItemId: await this.items.ensure(company, depositItemName, proposal.id),
      itemName: depositItemName,
      today,
      termsDays,
      generation,
      requestId,
    });
  }

  /** The customer in QuickBooks that keeps this currency. */
  private async qboCustomerId(
    company: QboCompany,
    customerId: number,
    currency: string,
    exchangeRate: ExchangeRate | null,
  ): Promise<string> {
    if (exchangeRate !== null) return this.currencyCustomers.ensure(company, customerId, currency);
    const sync = await this.customerSync.ensureInQbo(company.orgId, customerId);
    if (sync.ok) return sync.qboCustomerId;
    if (sync.result === 'error') throw sync.failure;
    if (sync.because !== 'not_connected') throw new CustomerUndecidedError(sync.error);
    throw new QboError('not_connected', 'QuickBooks is not connected. Connect it and ask again.', {
      operation: 'invoice.create',
    });
  }

  /** What the invoice of a proposal would be over now. */
  async amountCents(proposal: Lead): Promise<number> {
    const { depositPercent } = await this.settings.get(proposal.orgId);
    const paidCents = await this.payments.grossCents(this.dataSource.manager, proposal);
    const deposit = depositOf(proposal, depositPercent);
    return invoiceAmountCents({
      totalCents: proposal.amountCents!,
      paidCents,
      depositCents: deposit.cents,
    });
  }

  /** QuickBooks refused a reference as unknown or inactive: the item is looked up anew next time. */
  async invalidateItem(company: QboCompany): Promise<void> {
    const { depositItemName } = await this.settings.get(company.orgId);
    await this.items.invalidate(company, depositItemName);
  }
}
