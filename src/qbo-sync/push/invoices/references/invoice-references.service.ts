import { Injectable } from '@nestjs/common';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { PreflightsRepository } from '../../../pull/preflight/preflights.repository.js';
import { ContractCodingService } from './contract-coding.service.js';
import { InvoiceItemsService } from './invoice-items.service.js';

/** What an invoice names in QuickBooks by its id: items, terms, tax codes, class and location. */
@Injectable()
export class InvoiceReferencesService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly items: InvoiceItemsService,
    private readonly preflights: PreflightsRepository,
    private readonly coding: ContractCodingService,
    private readonly tries: OperationTriesRepository,
  ) {}

  /**
   * QuickBooks refused a reference as unknown or inactive, and does not say which. Items and terms are looked up anew
   * next time; where that was of no help, tax codes, class and location are those of the settings of now.
   */
  async invalidate(
    company: QboCompany,
    proposal: Lead,
    { entityId, generation }: OutboundOperation<'invoice.create'>,
  ): Promise<void> {
    const contract = await this.contracts.termsOf(company.orgId, proposal.id);
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
