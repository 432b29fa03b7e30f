import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import type { Invoice, InvoiceKind } from '../../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { dayInZone } from '../../../../platform/time/calendar-day.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { InvoiceDraft } from '../../../api/model/qbo-objects.js';
import { DocumentRatesService } from '../../../pull/currencies/document-rates.service.js';
import { PreflightsRepository } from '../../../pull/preflight/preflights.repository.js';
import { ContractCodingService } from '../references/contract-coding.service.js';
import { invoiceDraftOf, termIdOf, type InvoiceFacts } from './invoice-draft.js';
import { InvoicedCustomerService } from './invoiced-customer.service.js';
import { InvoiceItemsService } from '../references/invoice-items.service.js';

/** What of an invoice is not of its own row: whom it is for, and what its lines name. */
export type InvoiceParts = Omit<InvoiceFacts, 'kind' | 'sequence' | 'lines' | 'generation' | 'requestId'>;

/** Brings together what an invoice needs in QuickBooks before it can be asked for: the right customer and the item. */
@Injectable()
export class InvoiceDraftService {
  constructor(
    private readonly customers: InvoicedCustomerService,
    private readonly rates: DocumentRatesService,
    private readonly items: InvoiceItemsService,
    private readonly coding: ContractCodingService,
    private readonly preflights: PreflightsRepository,
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * What an invoice of a kind needs in QuickBooks, made there where it is missing. Dated today in the company's time
   * zone. Throws QboError where a part cannot be had.
   */
  async parts(company: QboCompany, proposal: Lead, kind: InvoiceKind): Promise<InvoiceParts> {
    const { orgId } = company;
    const contract = await this.contracts.termsOf(orgId, proposal.id);
    const settings = await this.settings.get(orgId);
    const { taxCode, exemptTaxCode, classId, locationId } = await this.coding.idsOf(
      company,
      contract,
      settings,
    );
    const today = dayInZone(this.clock.now(), settings.timeZone);
    const { currency } = proposal;
    const exchangeRate = await this.rates.rateOn(company, currency, today, 'invoice.create');
    return {
      proposalId: proposal.id,
      currency,
      exchangeRate,
      ...(await this.customers.ensure(company, proposal, exchangeRate)),
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
}
