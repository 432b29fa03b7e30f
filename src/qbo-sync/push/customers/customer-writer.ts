import type { CallResult } from '../../api/pipeline/qbo-http-pipeline.service.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { CustomerDraft, CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';

/** How what is written about a customer gets to QuickBooks: by a call of its own, or together with others. */
export interface CustomerWriter {
  createCustomer(
    company: QboCompany,
    draft: CustomerDraft,
    requestId: string,
  ): Promise<CallResult<QboCustomer>>;
  updateCustomer(company: QboCompany, patch: CustomerPatch): Promise<CallResult<QboCustomer>>;
}
