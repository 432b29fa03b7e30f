import { describe, expect, it } from 'vitest';
import { customerPatchPayload, customerPayload, invoicePayload } from './to-qbo.js';

describe('A body for QuickBooks', () => {
  it('leaves out what is not known of a customer', () => {
    expect(customerPayload({ displayName: 'Eva Ott' })).toEqual({ DisplayName: 'Eva Ott' });
  });

  it('changes only what a patch names, and clears what it sets to null', () => {
    expect(
      customerPatchPayload({
        id: '60',
        syncToken: '4',
        familyName: null,
        email: 'eva@acme.test',
        phone: null,
      }),
    ).toEqual({
      Id: '60',
      SyncToken: '4',
      sparse: true,
      FamilyName: '',
      PrimaryEmailAddr: { Address: 'eva@acme.test' },
      PrimaryPhone: { FreeFormNumber: '' },
    });
  });

  it('puts each line of an invoice as one piece at its amount', () => {
    const lines = [{ itemId: '7', description: 'Tear-off', amountCents: 1_234_567 }];
    const draft = {
      customerId: '60',
      docNumber: 'P-1',
      txnDate: '2026-11-22',
      dueDate: '2026-12-06',
      privateNote: 'crm',
      lines,
    };
    expect(invoicePayload(draft)).toEqual({
      CustomerRef: { value: '60' },
      DocNumber: 'P-1',
      TxnDate: '2026-11-22',
      DueDate: '2026-12-06',
      PrivateNote: 'crm',
      Line: [
        {
          Amount: 12_345.67,
          Description: 'Tear-off',
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: { ItemRef: { value: '7' }, Qty: 1, UnitPrice: 12_345.67 },
        },
      ],
    });
  });
});
