import { describe, expect, it } from 'vitest';
import { type InvoiceCoding, codingIn } from './invoice-coding.js';

const AGREED: InvoiceCoding = { taxCode: '5', exemptTaxCode: '6', classId: '100', locationId: null };
const NOW: InvoiceCoding = { taxCode: '8', exemptTaxCode: '9', classId: '200', locationId: '2' };
const COMPANY = { realmId: '1', wantsTaxCodes: false };

describe('A contract is invoiced by the tax codes, class and location', () => {
  it('of its approval, in the company that they are of, and in the first one where none was connected', () => {
    expect(codingIn(COMPANY, { ...AGREED, booksRealmId: '1' }, NOW)).toEqual(AGREED);
    expect(codingIn(COMPANY, { ...AGREED, booksRealmId: null }, NOW)).toEqual(AGREED);
  });

  it('of the settings, in a company that was connected since', () => {
    expect(codingIn(COMPANY, { ...AGREED, booksRealmId: '2' }, NOW)).toEqual(NOW);
  });

  it('of its approval even where that had none, but for tax codes where the company wants them', () => {
    const none = { taxCode: null, exemptTaxCode: null, classId: null, locationId: null };
    const contract = { ...none, booksRealmId: '1' };
    expect(codingIn(COMPANY, contract, NOW)).toEqual(none);
    expect(codingIn({ ...COMPANY, wantsTaxCodes: true }, contract, NOW)).toEqual({
      ...none,
      taxCode: '8',
      exemptTaxCode: '9',
    });
  });
});
