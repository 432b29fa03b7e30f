import { describe, expect, it } from 'vitest';
import { documentLink, quickBooksLink } from './quickbooks-links.js';

describe('A link to QuickBooks', () => {
  it('opens the company that has the document before the document', () => {
    expect(documentLink({ environment: 'production', realmId: '9130' }, 'Invoice', '145')).toBe(
      'https://qbo.intuit.com/app/login?pagereq=invoice?txnId=145&deeplinkcompanyid=9130',
    );
    expect(quickBooksLink({ environment: 'sandbox', realmId: '9130' }, 'customerdetail', '58')).toBe(
      'https://sandbox.qbo.intuit.com/app/login?pagereq=customerdetail?nameId=58&deeplinkcompanyid=9130',
    );
  });

  it('leads to the document in whichever company is open where its own is not known', () => {
    expect(documentLink({ environment: 'production', realmId: null }, 'Invoice', '145')).toBe(
      'https://qbo.intuit.com/app/invoice?txnId=145',
    );
  });

  it('is none for what is not in QuickBooks, or has no page there', () => {
    expect(documentLink({ environment: 'production', realmId: '9130' }, 'Invoice', null)).toBeNull();
    expect(documentLink({ environment: 'production', realmId: '9130' }, 'Transfer', '7')).toBeNull();
  });
});
