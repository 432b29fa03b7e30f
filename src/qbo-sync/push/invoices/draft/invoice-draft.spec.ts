import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depositCents } from '../../../../proposals/deposit.js';
import type { InvoiceKind } from '../../../../invoices/invoice.entity.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import {
  depositDescription,
  docNumberOf,
  draftTotalCents,
  invoiceAmountCents,
  invoiceDraftOf,
  termIdOf,
  invoiceMadeBy,
} from './invoice-draft.js';
import { UNTAXED } from '../references/invoice-tax.js';

const facts = {
  proposalId: 7,
  kind: 'deposit' as const,
  sequence: 1,
  currency: 'USD',
  exchangeRate: null,
  qboCustomerId: '58',
  customerEmail: 'ann@example.com',
  billingAddress: null,
  siteAddress: null,
  lines: [
    { kind: 'deposit' as const, description: 'Roof Deposit for Roof of 12 Elm Street', amountCents: 375_000 },
  ],
  itemIds: new Map([
    ['deposit', '31'],
    ['work', '32'],
  ] as const),
  today: '2026-02-27',
  termsDays: 14,
  termId: null,
  taxTerms: UNTAXED,
  classId: null,
  locationId: null,
  generation: 1,
  requestId: 'inv-1',
};

const asked = (totalCents: number, percent: number, currency = 'USD') => ({
  totalCents,
  paidCents: 0,
  depositCents: depositCents(totalCents, percent, currency),
});

describe('The draft of an invoice', () => {
  it('is over what was paid, or else over the deposit', () => {
    expect(invoiceAmountCents(asked(1_250_000, 30))).toBe(375_000);
    expect(invoiceAmountCents({ ...asked(1_250_000, 30), paidCents: 400_000 })).toBe(400_000);
  });

  it('rounds the deposit half up and never asks for nothing', () => {
    expect(invoiceAmountCents(asked(1_000_005, 30))).toBe(300_002);
    expect(invoiceAmountCents(asked(1, 30))).toBe(1);
    expect(invoiceAmountCents(asked(1, 30, 'JPY'))).toBe(1);
  });

  it('names the terms in QuickBooks that its due date follows, where there are some', () => {
    const term = { id: '2', name: 'Net 14', active: true, dueDays: 14 };
    expect(termIdOf([{ ...term, id: '1', active: false }, term], 14)).toBe('2');
    expect(termIdOf([term, { ...term, dueDays: null }], 30)).toBeNull();
    expect(invoiceDraftOf({ ...facts, termId: '2' })).toMatchObject({ termId: '2', dueDate: '2026-03-13' });
    expect(invoiceDraftOf(facts)).not.toHaveProperty('termId');
  });

  it('comes to exactly its amount, and its deposit to no more than the total', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 12 }),
        fc.integer({ min: 1, max: 10_000 }),
        (totalCents, basisPoints) => {
          const amountCents = invoiceAmountCents(asked(totalCents, basisPoints / 100));
          const lines = [{ ...facts.lines[0]!, amountCents }];
          expect(draftTotalCents(invoiceDraftOf({ ...facts, lines }))).toBe(amountCents);
          expect(amountCents).toBeGreaterThan(0);
          expect(amountCents).toBeLessThanOrEqual(totalCents);
        },
      ),
    );
  });

  it('is over the very amount that the payment page asks for', () => {
    expect(invoiceAmountCents(asked(110, 30))).toBe(100);
    expect(invoiceAmountCents(asked(200, 30))).toBe(100);
    expect(invoiceAmountCents(asked(100_100, 30, 'JPY'))).toBe(30_000);
  });

  it('describes the work in one spelling, cut between characters where QuickBooks takes no more', () => {
    const name = `Jose\u0301 ${'😀'.repeat(2_100)}`;
    const description = depositDescription('Roof Deposit', { id: 7, name });
    const [line] = invoiceDraftOf({ ...facts, lines: [{ ...facts.lines[0]!, description }] }).lines;
    expect(line!.description).toMatch(/^Roof Deposit for José 😀/);
    expect(line!.description.length).toBeLessThanOrEqual(4_000);
    expect(line!.description.isWellFormed()).toBe(true);
  });

  it('says where the work is done, so that QuickBooks counts tax by it', () => {
    const siteAddress = {
      line1: '412 Aspen Way',
      city: 'Denver',
      region: 'CO',
      postal_code: '80202',
      line2: null,
    };
    expect(invoiceDraftOf({ ...facts, siteAddress }).shipTo).toEqual({
      line1: '412 Aspen Way',
      city: 'Denver',
      region: 'CO',
      postalCode: '80202',
    });
    expect(invoiceDraftOf({ ...facts, billingAddress: siteAddress }).billTo).toMatchObject({
      line1: siteAddress.line1,
    });
    for (const address of ['shipTo', 'billTo']) expect(invoiceDraftOf(facts)).not.toHaveProperty(address);
  });

  it('names the product or service of each line', () => {
    const work = { kind: 'work' as const, description: 'Tear-off', amountCents: 600_000 };
    const off = { kind: 'deposit' as const, description: 'Less deposit', amountCents: -100_000 };
    expect(invoiceDraftOf({ ...facts, kind: 'final', lines: [work, off] })).toMatchObject({
      docNumber: 'CRM-7-F',
      lines: [
        { itemId: '32', description: 'Tear-off', amountCents: 600_000 },
        { itemId: '31', description: 'Less deposit', amountCents: -100_000 },
      ],
    });
  });

  it('is due by the terms, across the end of a month', () => {
    expect(invoiceDraftOf(facts)).toMatchObject({ txnDate: '2026-02-27', dueDate: '2026-03-13' });
  });

  it('has a number of its own for each generation, short enough for QuickBooks', () => {
    expect(docNumberOf(7, 1)).toBe('CRM-7');
    expect(docNumberOf(7, 2)).toBe('CRM-7-2');
    const part = (kind: InvoiceKind, sequence = 1) => ({ kind, sequence });
    expect(docNumberOf(7, 1, part('progress', 2))).toBe('CRM-7-P2');
    expect(docNumberOf(7, 3, part('final'))).toBe('CRM-7-F-3');
    expect(docNumberOf(7, 1, part('retainage'))).toBe('CRM-7-R');
    expect(docNumberOf(2_147_483_647, 99).length).toBeLessThanOrEqual(21);
  });

  it('is found again by its mark, not by its number alone', () => {
    const invoice = (id: string, privateNote: string | null) => ({ id, privateNote }) as QboInvoice;
    const foreign = invoice('1', 'Thanks!');
    const ours = invoice('2', 'Voided\ncrm:inv-1 checked by Eva');
    expect(invoiceMadeBy('inv-1', [foreign, ours])).toBe(ours);
    expect(invoiceMadeBy('inv-2', [foreign, ours])).toBeNull();
  });
});
