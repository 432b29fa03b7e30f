import type { OrgSettings } from '../orgs/settings/org-settings.service.js';
import { codingOf, type InvoiceCoding } from './billing/invoice-coding.js';
import type { Contract } from './contract.entity.js';

/** What a customer agrees to beside the lines and the deposit; frozen with the approval. */
export type AgreedTerms = Pick<
  Contract,
  'termsDays' | 'retainagePercent' | 'taxMode' | 'taxPercent' | 'companyTerms'
>;

/** All that a contract takes of the settings when it is approved. */
export type FrozenSettings = AgreedTerms &
  InvoiceCoding &
  Pick<Contract, 'depositMode' | 'revenuePolicy' | 'depositItemName' | 'booksRealmId'>;

/** The terms of what is approved now. A rate is one of mode `ours` alone. */
export function offeredTerms(settings: OrgSettings): AgreedTerms {
  const { termsDays, retainagePercent, taxMode, papers } = settings;
  const taxPercent = taxMode === 'ours' ? settings.taxPercent : 0;
  return { termsDays, retainagePercent, taxMode, taxPercent, companyTerms: papers.terms };
}

/** What of the settings a contract that is approved now keeps, whatever becomes of them. */
export function frozenSettings(settings: OrgSettings, booksRealmId: string | null): FrozenSettings {
  const { depositMode, revenuePolicy, depositItemName } = settings;
  return {
    ...offeredTerms(settings),
    ...codingOf(settings),
    depositMode,
    revenuePolicy,
    depositItemName,
    booksRealmId,
  };
}

/** The terms as they were approved. */
export function agreedTerms(contract: Contract): AgreedTerms {
  const { termsDays, retainagePercent, taxMode, taxPercent, companyTerms } = contract;
  return { termsDays, retainagePercent, taxMode, taxPercent, companyTerms };
}
