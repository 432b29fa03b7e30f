import { describe, expect, it } from 'vitest';
import type { QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import { applicationOf } from './payment-application.js';

const PAYMENT: QboPayment = {
  id: '180',
  syncToken: '2',
  customerId: '58',
  totalCents: 10_000,
  unappliedCents: 10_000,
  exchangeRate: null,
  currency: 'USD',
  txnDate: '2026-03-04',
  privateNote: null,
  depositAccountId: null,
  creditMemoCents: 0,
  creditMemos: [],
  otherMoneyCents: 0,
  journalEntries: [],
  writtenOffCents: 0,
  givenBackCents: 0,
  applications: [],
  enteredAt: null,
};

const INVOICE = { id: '150', balanceCents: 10_000 } as QboInvoice;

describe('A payment that is free', () => {
  it.each([
    { name: 'goes on the new invoice', of: {}, open: 10_000, lines: [['150', 10_000]] },
    { name: 'goes there as far as it is open', of: {}, open: 4_000, lines: [['150', 4_000]] },
    {
      name: 'keeps what it pays already',
      of: { unappliedCents: 3_000, applications: [{ invoiceId: '9', amountCents: 7_000 }] },
      open: 10_000,
      lines: [
        ['9', 7_000],
        ['150', 3_000],
      ],
    },
    {
      name: 'pays more of the invoice it is on in part',
      of: { unappliedCents: 6_000, applications: [{ invoiceId: '150', amountCents: 4_000 }] },
      open: 6_000,
      lines: [['150', 10_000]],
    },
  ])('$name', ({ of, open, lines }) => {
    const application = applicationOf({ ...PAYMENT, ...of }, { ...INVOICE, balanceCents: open });
    expect(application).toMatchObject({ id: '180', syncToken: '2', customerId: '58', totalCents: 10_000 });
    expect(application!.applications.map((one) => [one.invoiceId, one.amountCents])).toEqual(lines);
  });

  it.each([
    { name: 'nothing of it is free', of: { unappliedCents: 0 }, open: 10_000 },
    { name: 'nothing is open', of: {}, open: 0 },
    { name: 'it uses a credit memo too', of: { creditMemoCents: 1_000 }, open: 10_000 },
  ])('stays where it is where $name', ({ of, open }) => {
    expect(applicationOf({ ...PAYMENT, ...of }, { ...INVOICE, balanceCents: open })).toBeNull();
  });
});
