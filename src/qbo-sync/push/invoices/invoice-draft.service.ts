import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { DepositWording } from '../../../contracts/contract-billing.service.js';
import { ContractsService } from '../../../contracts/contracts.service.js';
import type { Invoice, InvoiceKind } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
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
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { PreflightsRepository } from '../../pull/preflight/preflights.repository.js';
import { CustomerUndecidedError } from '../customers/customer-undecided-error.js';
import { CurrencyCustomersService } from '../customers/currency-customers.service.js';
import { CustomerSyncService } from '../customers/customer-sync.service.js';
import { ContractCodingService } from './contract-coding.service.js';
import {
  depositDescription,
  invoiceAmountCents,
  invoiceDraftOf,
  termIdOf,
  type InvoiceFacts,
} from './invoice-draft.js';
import { InvoiceItemsService } from './invoice-items.service.js';

/** What of an invoice is not of its own row: whom it is for, and what its lines name. */
export type InvoiceParts = Omit<InvoiceFacts, 'kind' | 'sequence' | 'lines' | 'generation' | 'requestId'>;

/** Brings together what an invoice needs in QuickBooks before it can be asked for: the right customer and the item. */
@Injectable()
export class InvoiceDraftService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomersRepository,
    private readonly customerSync: CustomerSyncService,
    private readonly currencyCustomers: CurrencyCustomersService,
    private readonly rates: DocumentRatesService,
    private readonly items: InvoiceItemsService,
    private readonly coding: ContractCodingService,
    private readonly preflights: PreflightsRepository,
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesRepository,
    private readonly payments: PaymentsRepository,
    private readonly settings: OrgSettingsService,
    private readonly tries: OperationTriesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * What an invoice of a kind needs in QuickBooks, made there where it is missing. Dated today in the company's time
   * zone. Throws QboError where a part cannot be had.
   */
  async parts(company: QboCompany, proposal: Lead, kind: InvoiceKind): Promise<InvoiceParts> {
    const { orgId } = company;
    const customerId = proposal.customerId!;
    const customer = await this.customers.findInOrg(this.dataSource.manager, orgId, customerId);
    if (!customer) throw notFound('customer', customerId);
    const { contract } = await this.contracts.get(orgId, proposal.id);
    const { timeZone } = await this.settings.get(orgId);
    const { taxCode, exemptTaxCode, classId, locationId } = await this.coding.idsOf(company, contract);
    const today = dayInZone(this.clock.now(), timeZone);
    const { currency } = proposal;
    const exchangeRate = await this.rates.rateOn(company, currency, today, 'invoice.create');
    return {
      proposalId: proposal.id,
      currency,
      exchangeRate,
      qboCustomerId: await this.qboCustomerId(company, customerId, currency, exchangeRate),
      customerEmail: customer.email,
      billingAddress: customer.billingAddress,
      siteAddress: proposal.siteAddress,
      itemIds: await this.items.ensureFor(company, contract, kind),
      today,
      termsDays: contract.termsDays,
      termId: termIdOf(await this.preflights.termsOf(company), contract.termsDays),
      taxTerms: { mode: contract.taxMode, percent: contract.taxPercent, taxCode, exemptTaxCode },
      classId,
      locationId,
    };
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

  /** The draft of an invoice, from its lines as they are written down. */
  async draft(
    tx: EntityManager,
    parts: InvoiceParts,
    { orgId, id, kind, sequence }: Invoice,
    { generation, requestId }: { generation: number; requestId: string },
  ): Promise<InvoiceDraft> {
    const lines = await this.invoices.linesOf(tx, orgId, [id]);
    return invoiceDraftOf({ ...parts, kind, sequence, lines, generation, requestId });
  }

  /** How the deposit of a proposal stands on its invoices, and what it would be over now. */
  async deposit(proposal: Lead): Promise<DepositWording> {
    const { contract } = await this.contracts.get(proposal.orgId, proposal.id);
    const itemName = await this.items.depositItemName(contract);
    return { cents: await this.depositCents(proposal), description: depositDescription(itemName, proposal) };
  }

  /** What the deposit of a proposal would be over now. */
  private async depositCents(proposal: Lead): Promise<number> {
    const { depositPercent } = await this.settings.get(proposal.orgId);
    const paidCents = await this.payments.grossCents(this.dataSource.manager, proposal);
    const deposit = depositOf(proposal, depositPercent);
    return invoiceAmountCents({
      totalCents: proposal.amountCents!,
      paidCents,
      depositCents: deposit.cents,
    });
  }

  /**
   * QuickBooks refused a reference as unknown or inactive, and does not say which. Items and terms are looked up anew
   * next time; where that was of no help, tax codes, class and location are those of the settings of now.
   */
  async invalidateItems(
    company: QboCompany,
    proposal: Lead,
    { entityId, generation }: OutboundOperation<'invoice.create'>,
  ): Promise<void> {
    const { contract } = await this.contracts.get(company.orgId, proposal.id);
    await this.items.invalidateFor(company, contract);
    await this.preflights.forgetTerms(company);
    const tries = await this.tries.listOf('invoice.create', company.orgId, entityId);
    const isSecond = tries.some(
      (one) =>
        one.generation === generation - 1 && one.errorKind === 'not_found' && one.realmId === company.realmId,
    );
    if (isSecond) await this.coding.renew(company, contract);
  }
}
