import { describe, expect, it } from 'vitest';
import { forgottenPayload } from './forgotten-payload.js';

const REPLACEMENTS = new Map([
  ['lines', 'Proposal 7'],
  ['Ann "Roof" Ruiz', 'the customer'],
]);

describe('What was sent to QuickBooks, once its customer is forgotten,', () => {
  it('has the same figures and keys, and the texts replaced, whatever somebody is called', () => {
    const payload = {
      billEmail: 'ann@example.com',
      privateNote: 'Deposit for lines of Ann "Roof" Ruiz',
      lines: [{ description: 'New roof for lines', amountCents: 500 }],
    };
    expect(forgottenPayload({ kind: 'invoice.create', payload }, REPLACEMENTS)).toEqual({
      privateNote: 'Deposit for Proposal 7 of the customer',
      lines: [{ description: 'New roof for Proposal 7', amountCents: 500 }],
    });
  });

  it('leaves ids and days alone, whatever a proposal is called', () => {
    const fact = { proposalId: 58, paidOn: '2026-03-02', currency: 'USD', reference: 'pi_58' };
    const draft = {
      customerId: '58',
      txnDate: '2026-03-02',
      invoiceId: '158',
      privateNote: 'crm:1 2026 of 58',
    };
    const called = new Map([
      ['58', 'Proposal 58'],
      ['2026', 'the customer'],
    ]);
    expect(forgottenPayload({ kind: 'payment.create', payload: { fact, draft } }, called)).toEqual({
      fact,
      draft: { ...draft, privateNote: 'crm:1 the customer of Proposal 58' },
    });
  });

  it('keeps neither addresses nor the e-mail of an invoice', () => {
    const address = { line1: '412 Aspen Way' };
    const payload = { billEmail: 'ann@example.com', billTo: address, shipTo: address, docNumber: 'CRM-7' };
    expect(forgottenPayload({ kind: 'invoice.create', payload }, REPLACEMENTS)).toEqual({
      docNumber: 'CRM-7',
    });
  });

  it('has of the record of the customer nothing but its ids', () => {
    const sent = { displayName: 'Ann', email: 'ann@example.com', phone: null };
    const payload = { patch: { id: '58', syncToken: '3', displayName: 'Ann' }, sent, overwrites: 'Ann' };
    expect(forgottenPayload({ kind: 'customer.update', payload }, REPLACEMENTS)).toEqual({
      patch: { id: '58', syncToken: '3' },
      sent: { displayName: 'Erased', email: null, phone: null },
      overwrites: null,
    });
    const currency = { displayName: 'Ann (EUR)', email: 'ann@example.com', currency: 'EUR' };
    expect(forgottenPayload({ kind: 'customer.currency', payload: currency }, REPLACEMENTS)).toEqual({
      displayName: 'Erased',
      email: null,
      phone: null,
      currency: 'EUR',
    });
    const changed = { ...payload, currency: 'EUR' };
    expect(forgottenPayload({ kind: 'customer.currency', payload: changed }, REPLACEMENTS)).toEqual({
      patch: { id: '58', syncToken: '3' },
      sent: { displayName: 'Erased', email: null, phone: null },
      overwrites: null,
      currency: 'EUR',
    });
  });
});
