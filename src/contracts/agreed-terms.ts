import type { OrgSettings } from '../orgs/org-settings.service.js';
import type { Contract } from './contract.entity.js';

/** What a customer agrees to beside the lines and the deposit; frozen with the approval. */
export type AgreedTerms = Pick<Contract, 'termsDays' | 'retainagePercent' | 'taxMode' | 'companyTerms'>;

/** The terms of what is approved now. */
export function offeredTerms({ termsDays, retainagePercent, taxMode, papers }: OrgSettings): AgreedTerms {
  return { termsDays, retainagePercent, taxMode, companyTerms: papers.terms };
}

/** The terms as they were approved. */
export function agreedTerms({ termsDays, retainagePercent, taxMode, companyTerms }: Contract): AgreedTerms {
  return { termsDays, retainagePercent, taxMode, companyTerms };
}
