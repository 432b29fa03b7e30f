import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CustomersRepository } from '../../../../customers/customers.repository.js';
import { notFound } from '../../../../platform/errors/domain-error.js';
import type { ExchangeRate } from '../../../../platform/money/exchange-rate.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { CustomerUndecidedError } from '../../customers/customer-undecided-error.js';
import { CurrencyCustomersService } from '../../customers/currencies/currency-customers.service.js';
import { CustomerSyncService } from '../../customers/customer-sync.service.js';
import type { InvoiceFacts } from './invoice-draft.js';

/** Knows whom an invoice is for, in QuickBooks too. */
@Injectable()
export class InvoicedCustomerService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomersRepository,
    private readonly customerSync: CustomerSyncService,
    private readonly currencyCustomers: CurrencyCustomersService,
  ) {}

  /** Made in QuickBooks where it is missing. Throws QboError where it cannot be had. */
  async ensure(
    company: QboCompany,
    { orgId, customerId, currency }: Lead,
    exchangeRate: ExchangeRate | null,
  ): Promise<Pick<InvoiceFacts, 'qboCustomerId' | 'customerEmail' | 'billingAddress'>> {
    const id = customerId!;
    const customer = await this.customers.findInOrg(this.dataSource.manager, orgId, id);
    if (!customer) throw notFound('customer', id);
    const { email: customerEmail, billingAddress } = customer;
    const qboCustomerId = await this.qboCustomerId(company, id, currency, exchangeRate);
    return { qboCustomerId, customerEmail, billingAddress };
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
}
