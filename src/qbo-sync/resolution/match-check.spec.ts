import { describe, expect, it } from 'vitest';
import type { QboCustomer, QboInvoice, QboPayment } from '../api/model/qbo-objects.js';
import {
  creditMemoMismatch,
  customerMismatch,
  invoiceMismatch,
  paymentMismatch,
  refundMismatch,
} from './match-check.js';

const invoice = (facts: Partial<QboInvoice> = {}): QboInvoice => ({
  id: '145',
  syncToken: '0',
  docNumber: '1042',
  customerId: '58',
  txnDate: '2026-03-02',
  dueDate: '2026-03-16',
  currency: 'USD',
  totalCents: 375_000,
  exchangeRate: null,
  homeTotalCents: null,
  taxCents: 0,
  balanceCents: 375_000,
  privateNote: null,
  linkedPaymentIds: [],
  depositCents: 0,
  otherLinks: [],
  itemLines: [],
  taxLines: [],
  createdAt: null,
  lastUpdatedAt: null,
  ...facts,
});
const wanted = { qboCustomerId: '58', amountCents: 375_000, currency: 'USD', requestIds: ['inv-1', 'inv-2'] };

describe('An invoice that a person found', () => {
  it.each([
    { what: 'the same customer and amount', facts: {}, mismatch: null },
    { what: 'a currency nobody told', facts: { currency: null }, mismatch: null },
    {
      what: 'another customer',
      facts: { customerId: '59' },
      mismatch: 'Invoice 1042 is made out to another customer.',
    },
    {
      what: 'another currency',
      facts: { currency: 'CAD' },
      mismatch: 'Invoice 1042 is in CAD and not in USD.',
    },
    {
      what: 'a cent less',
      facts: { totalCents: 374_999 },
      mismatch: 'Invoice 1042 is over $3,749.99 and not over $3,750.00.',
    },
    {
      what: 'nothing, because it was voided',
      facts: { totalCents: 0, docNumber: null },
      mismatch: 'Invoice 145 is over $0.00 and not over $3,750.00.',
    },
    {
      what: 'tax on it and our mark',
      facts: { totalCents: 405_000, privateNote: 'crm:inv-2 taxed' },
      mismatch: null,
    },
    {
      what: 'our mark and another customer',
      facts: { customerId: '59', privateNote: 'crm:inv-2' },
      mismatch: 'Invoice 1042 is made out to another customer.',
    },
    {
      what: 'tax on it and the mark of another',
      facts: { totalCents: 405_000, privateNote: 'crm:inv-9' },
      mismatch: 'Invoice 1042 is over $4,050.00 and not over $3,750.00.',
    },
  ])('with $what: $mismatch', ({ facts, mismatch }) => {
    expect(invoiceMismatch(invoice(facts), wanted)).toBe(mismatch);
  });
});

describe('A payment that a person found', () => {
  const payment = (facts: Partial<QboPayment> = {}): QboPayment => ({
    id: '146',
    syncToken: '0',
    customerId: '58',
    totalCents: 375_000,
    unappliedCents: 0,
    exchangeRate: null,
    currency: 'USD',
    txnDate: '2026-03-02',
    privateNote: null,
    depositAccountId: '4',
    creditMemoCents: 0,
    creditMemos: [],
    otherMoneyCents: 0,
    journalEntries: [],
    writtenOffCents: 0,
    givenBackCents: 0,
    applications: [{ invoiceId: '145', amountCents: 375_000 }],
    enteredAt: null,
    ...facts,
  });

  it.each([
    { what: 'the same of everything', facts: {}, mismatch: null },
    {
      what: 'another customer',
      facts: { customerId: '59' },
      mismatch: 'Payment 146 is of another customer.',
    },
    {
      what: 'another invoice',
      facts: { applications: [{ invoiceId: '9', amountCents: 375_000 }] },
      mismatch: 'Payment 146 is not applied to the invoice of this proposal. Apply it in QuickBooks first.',
    },
    {
      what: 'another amount',
      facts: { totalCents: 100 },
      mismatch: 'Payment 146 is over $1.00 and not over $3,750.00.',
    },
  ])('with $what: $mismatch', ({ facts, mismatch }) => {
    expect(paymentMismatch(payment(facts), { ...wanted, qboInvoiceId: '145' })).toBe(mismatch);
  });
});

describe('A customer that a person found', () => {
  const found = (facts: Partial<QboCustomer> = {}): QboCustomer => ({
    id: '58',
    syncToken: '0',
    displayName: 'Ann Ruiz',
    givenName: null,
    familyName: null,
    companyName: null,
    email: 'ann@example.com',
    phone: null,
    otherPhones: [],
    active: true,
    parentId: null,
    currency: null,
    ...facts,
  });
  const ours = { id: 7, email: 'Ann@example.com', fullName: 'Ann Ruiz', phone: null };

  it.each([
    { what: 'name and e-mail', facts: {}, taken: false, mismatch: /^$/ },
    { what: 'the e-mail alone', facts: { displayName: 'Ruiz, Ann' }, taken: false, mismatch: /^$/ },
    { what: 'the name alone', facts: { email: null, displayName: 'ann ruiz' }, taken: false, mismatch: /^$/ },
    {
      what: 'our suffix',
      facts: { email: null, displayName: 'Ann Ruiz (CRM-7)' },
      taken: false,
      mismatch: /^$/,
    },
    {
      what: 'neither',
      facts: { email: 'bob@example.com', displayName: 'Bob' },
      taken: false,
      mismatch: /neither/,
    },
    { what: 'somebody of ours already', facts: {}, taken: true, mismatch: /another customer here already/ },
    { what: 'nobody active', facts: { active: false }, taken: false, mismatch: /inactive/ },
  ])('with $what', ({ facts, taken, mismatch }) => {
    expect(customerMismatch(found(facts), ours, taken) ?? '').toMatch(mismatch);
  });
});

describe('A refund receipt that a person found', () => {
  const receipt = {
    id: '147',
    syncToken: '0',
    customerId: '58',
    currency: 'USD',
    totalCents: 375_000,
    taxCents: 0,
    itemLines: null,
    exchangeRate: null,
    privateNote: null,
    enteredAt: null,
  };
  it.each([
    { what: 'the same customer and amount', facts: {}, mismatch: null },
    { what: 'a currency nobody told', facts: { currency: null }, mismatch: null },
    { what: 'no customer', facts: { customerId: null }, mismatch: 'Refund 147 is of another customer.' },
    {
      what: 'another currency',
      facts: { currency: 'CAD' },
      mismatch: 'Refund 147 is in CAD and not in USD.',
    },
    {
      what: 'a cent more',
      facts: { totalCents: 375_001 },
      mismatch: 'Refund 147 is over $3,750.01 and not over $3,750.00.',
    },
  ])('with $what: $mismatch', ({ facts, mismatch }) => {
    expect(refundMismatch({ ...receipt, ...facts }, wanted)).toBe(mismatch);
  });
});

describe('A credit memo that a person found', () => {
  const memo = {
    id: '148',
    syncToken: '0',
    docNumber: '1043',
    customerId: '58',
    txnDate: '2026-03-02',
    totalCents: 375_000,
    taxCents: 0,
    balanceCents: 375_000,
    privateNote: null,
    enteredAt: null,
  };
  it.each([
    { what: 'the same customer and amount', facts: {}, mismatch: null },
    { what: 'tax on top', facts: { totalCents: 405_000, taxCents: 30_000 }, mismatch: null },
    { what: 'our mark', facts: { totalCents: 1, privateNote: 'crm:inv-1' }, mismatch: null },
    {
      what: 'another customer',
      facts: { customerId: '59' },
      mismatch: 'Credit memo 1043 is of another customer.',
    },
    {
      what: 'a cent less',
      facts: { totalCents: 374_999, docNumber: null },
      mismatch: 'Credit memo 148 is over $3,749.99 and not over $3,750.00.',
    },
  ])('with $what: $mismatch', ({ facts, mismatch }) => {
    expect(creditMemoMismatch({ ...memo, ...facts }, wanted)).toBe(mismatch);
  });
});
