import type { OrgSettings } from '../../orgs/settings/org-settings.service.js';

/** Ids of records in one QuickBooks company that the invoices of a contract name; null where they name none. */
export type InvoiceCoding = Pick<OrgSettings, 'taxCode' | 'exemptTaxCode' | 'classId' | 'locationId'>;

export function codingOf({ taxCode, exemptTaxCode, classId, locationId }: InvoiceCoding): InvoiceCoding {
  return { taxCode, exemptTaxCode, classId, locationId };
}

/**
 * By which records a contract is invoiced in a company: those of its approval. Ids of another company say nothing
 * there, so that the settings of now count from its first invoice in this one on. A tax code that the company wants
 * and the settings did not have at the approval is that of the settings of now. Pure.
 */
export function codingIn(
  company: { realmId: string; wantsTaxCodes: boolean },
  contract: InvoiceCoding & { booksRealmId: string | null },
  settings: InvoiceCoding,
): InvoiceCoding {
  if ((contract.booksRealmId ?? company.realmId) !== company.realmId) return codingOf(settings);
  const ids = codingOf(contract);
  if (!company.wantsTaxCodes) return ids;
  return {
    ...ids,
    taxCode: ids.taxCode ?? settings.taxCode,
    exemptTaxCode: ids.exemptTaxCode ?? settings.exemptTaxCode,
  };
}
