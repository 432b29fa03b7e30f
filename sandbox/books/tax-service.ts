import type { Company } from './company.ts';
import { duplicateName, required } from './fault.ts';
import { type Body, rowsOf, textOf } from './json.ts';
import { writeRecord } from './write-record.ts';

interface Rate {
  id: string;
  detail: Body;
}

/** A rate that exists (`TaxRateId`), or a new one of an agency. */
function rateOf(company: Company, detail: Body): Rate {
  const known = textOf(detail, 'TaxRateId');
  if (known !== undefined) return { id: known, detail };
  for (const field of ['TaxRateName', 'RateValue', 'TaxAgencyId'])
    if (detail[field] === undefined) throw required(field);
  const rate = {
    Name: detail.TaxRateName!,
    RateValue: detail.RateValue!,
    AgencyRef: { value: textOf(detail, 'TaxAgencyId') },
  };
  const id = textOf(writeRecord(company, 'create', 'TaxRate', rate, { byHand: true }), 'Id')!;
  return { id, detail: { ...detail, TaxRateId: id, TaxAgencyId: textOf(detail, 'TaxAgencyId') } };
}

/**
 * `POST /taxservice/taxcode`: a tax code with its rates, in one call. Tax codes and rates are made in no
 * other way.
 */
export function createTaxService(company: Company, sent: Body): Body {
  const name = textOf(sent, 'TaxCode');
  if (name === undefined) throw required('TaxCode');
  const details = rowsOf(sent, 'TaxRateDetails');
  if (details.length === 0) throw required('TaxRateDetails');
  if (company.store.all('TaxCode').some((code) => code.Name === name)) throw duplicateName('tax code');
  const rates = details.map((detail) => rateOf(company, detail));
  const listOf = (side: 'Sales' | 'Purchase'): Body => {
    const own = rates.filter(({ detail }) => (textOf(detail, 'TaxApplicableOn') ?? 'Sales') === side);
    const TaxRateDetail = own.map(({ id }, order) => ({
      TaxRateRef: { value: id },
      TaxTypeApplicable: 'TaxOnAmount',
      TaxOrder: order,
    }));
    return own.length === 0 ? {} : { [`${side}TaxRateList`]: { TaxRateDetail } };
  };
  const code = { Name: name, TaxGroup: true, ...listOf('Sales'), ...listOf('Purchase') };
  const made = writeRecord(company, 'create', 'TaxCode', code, { byHand: true });
  return { TaxCode: name, TaxCodeId: textOf(made, 'Id'), TaxRateDetails: rates.map(({ detail }) => detail) };
}
