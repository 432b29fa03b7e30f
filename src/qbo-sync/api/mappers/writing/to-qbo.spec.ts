import { describe, expect, it } from 'vitest';
import type { RefundDraft } from '../../model/qbo-objects.js';
import {
  creditMemoPayload,
  customerPatchPayload,
  customerPayload,
  invoicePayload,
  refundPayload,
} from './to-qbo.js';

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

  it('names the address of the job on an invoice and on its credit, for tax is counted by it', () => {
    const sale = {
      customerId: '60',
      docNumber: 'CRM-7-C1',
      txnDate: '2026-11-22',
      privateNote: 'crm',
      shipTo: { line1: '412 Aspen Way', region: 'CO' },
      lines: [],
    };
    const ShipAddr = { Line1: '412 Aspen Way', CountrySubDivisionCode: 'CO' };
    expect(creditMemoPayload(sale)).toMatchObject({ ShipAddr });
    expect(invoicePayload({ ...sale, dueDate: '2026-12-06' })).toMatchObject({ ShipAddr });
  });

  describe('puts a refund', () => {
    const draft: RefundDraft = {
      customerId: '60',
      txnDate: '2026-11-22',
      currency: 'GBP',
      paymentRef: 'pi_1',
      privateNote: 'crm:refund-1',
      depositAccountId: '4',
      itemId: '7',
      taxCode: '6',
      description: 'Refund',
      amountCents: 4_200,
    };
    const taxed = { netCents: 6_000, taxCents: 1_200, taxCode: '3', countedBy: 'quickbooks' } as const;
    const linesOf = (refund: RefundDraft) => {
      const { Line, GlobalTaxCalculation, TxnTaxDetail } = refundPayload(refund);
      const lines = (
        Line as { Amount: number; SalesItemLineDetail: { TaxCodeRef: { value: string } } }[]
      ).map(({ Amount, SalesItemLineDetail }) => [Amount, SalesItemLineDetail.TaxCodeRef.value]);
      return { lines, GlobalTaxCalculation, TxnTaxDetail };
    };

    it('without tax in one line', () => {
      expect(linesOf({ ...draft, amountsAre: 'before_tax' })).toEqual({
        lines: [[42, '6']],
        GlobalTaxCalculation: 'TaxExcluded',
      });
    });

    it('of what was taxed before tax in the US, and of the rest, so that it comes to what went back', () => {
      expect(linesOf({ ...draft, taxed })).toEqual({
        lines: [
          [60, '3'],
          [-30, '6'],
        ],
      });
      expect(linesOf({ ...draft, taxed: { ...taxed, countedBy: 'us' } }).TxnTaxDetail).toEqual({
        TotalTax: 12,
      });
    });

    it('with its tax in the amount elsewhere', () => {
      expect(linesOf({ ...draft, amountsAre: 'with_tax', amountCents: 7_200, taxed })).toEqual({
        lines: [[72, '3']],
        GlobalTaxCalculation: 'TaxInclusive',
      });
      const byCode = [
        { taxCode: '3', cents: 2_400 },
        { taxCode: '4', cents: 4_800 },
      ];
      expect(
        linesOf({ ...draft, amountsAre: 'with_tax', amountCents: 7_500, taxed: { ...taxed, byCode } }).lines,
      ).toEqual([
        [24, '3'],
        [48, '4'],
        [3, '6'],
      ]);
    });
  });
});
