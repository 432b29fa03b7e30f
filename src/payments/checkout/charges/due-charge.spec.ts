import { describe, expect, it } from 'vitest';
import type { InvoiceKind } from '../../../invoices/invoice.entity.js';
import type { ChargeAnswer, ChargeRefusal } from './charge-question.js';
import { type Charge, dueCharge } from './due-charge.js';

const OWED: ChargeAnswer = { owed: true, amountCents: 100 };
const refused = (code: ChargeRefusal): ChargeAnswer => ({ owed: false, code, reason: code });
const charge = (kind: InvoiceKind, answer: ChargeAnswer, dueOn: string | null = null): Charge => ({
  key: { kind, sequence: 1, change: null },
  invoice: null,
  dueOn,
  answer,
});
const asked = (...charges: [Charge, ...Charge[]]): InvoiceKind => dueCharge(charges).key.kind;

describe('The customer is asked', () => {
  it('for the deposit first, whatever else is due', () => {
    expect(asked(charge('deposit', OWED), charge('progress', OWED, '2026-01-01'))).toBe('deposit');
  });

  it('for what is due first, once the deposit is paid', () => {
    const paid = charge('deposit', refused('proposal_paid'));
    expect(asked(paid, charge('progress', OWED, '2026-02-01'), charge('final', OWED, '2026-01-01'))).toBe(
      'final',
    );
    expect(asked(paid, charge('progress', OWED, '2026-01-01'), charge('final', OWED, '2026-01-01'))).toBe(
      'progress',
    );
  });

  it('for an invoice while the bank is about to pay another', () => {
    expect(asked(charge('deposit', refused('payment_pending')), charge('progress', OWED))).toBe('progress');
  });

  it('for nothing, and told of a payment under way, else of the newest invoice', () => {
    const pending = charge('progress', refused('payment_pending'));
    const paid = charge('deposit', refused('proposal_paid'));
    expect(asked(paid, pending, charge('final', refused('invoice_paid')))).toBe('progress');
    const foreign = charge('progress', refused('invoice_in_other_currency'));
    expect(asked(paid, foreign, charge('final', refused('invoice_paid')))).toBe('progress');
    expect(asked(paid, charge('final', refused('invoice_paid')))).toBe('final');
    expect(asked(paid)).toBe('deposit');
  });
});
