import { Injectable } from '@nestjs/common';
import { codingOf, type InvoiceCoding, codingIn } from '../../../../contracts/billing/invoice-coding.js';
import type { Contract } from '../../../../contracts/contract.entity.js';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { PreflightsRepository } from '../../../pull/preflight/preflights.repository.js';

/** Which tax codes, class and location of a company the invoices, credits and refunds of a contract name. */
@Injectable()
export class ContractCodingService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly preflights: PreflightsRepository,
    private readonly settings: OrgSettingsService,
  ) {}

  /** Those of its approval, kept with it from its first use in the company on; without a contract the settings'. */
  async idsOf(
    company: QboCompany,
    contract: Contract | null,
    settings: InvoiceCoding,
  ): Promise<InvoiceCoding> {
    if (contract === null) return codingOf(settings);
    const { realmId } = company;
    const wantsTaxCodes = await this.preflights.wantsTaxCodes(company);
    const ids = codingIn({ realmId, wantsTaxCodes }, contract, settings);
    if (contract.booksRealmId !== realmId) await this.contracts.keepCoding(contract, ids, realmId);
    return ids;
  }

  /** QuickBooks refused one as unknown or inactive: from now on those of the settings. */
  async renew({ orgId, realmId }: QboCompany, contract: Contract): Promise<void> {
    await this.contracts.keepCoding(contract, codingOf(await this.settings.get(orgId)), realmId);
  }
}
