import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ComparedFacts } from '../../model/qbo-objects.js';
import { COMPARED_FIELDS, factsOf } from './invoice-facts.js';
import {
  readChangedInvoices,
  readKnownInvoices,
  scanChangedInvoices,
  scanKnownInvoices,
} from './invoice-page.js';
import { InvoiceGlance } from './invoice-glance.js';
import { readInvoice } from './from-qbo.js';

const invoice = {
  domain: 'QBO',
  Id: '130',
  SyncToken: '2',
  MetaData: { LastUpdatedTime: '2026-03-02T10:00:00-08:00' },
  DocNumber: '1037',
  TxnDate: '2026-03-01',
  DueDate: '2026-03-15',
  CurrencyRef: { value: 'USD', name: 'United States Dollar' },
  LinkedTxn: [{ TxnId: '7', TxnType: 'Payment' }],
  Line: [{ Amount: 362.07, DetailType: 'SalesItemLineDetail', Description: 'Tear-off, "as seen"' }],
  CustomerRef: { value: '58', name: 'Söhne & Cie' },
  TotalAmt: 362.07,
  Balance: 100.5,
};
const answer = (rows: readonly object[], more: object = {}) => ({
  QueryResponse: { Invoice: rows, startPosition: 1, maxResults: rows.length },
  time: '2026-03-02T10:00:00Z',
  ...more,
});
const bytesOf = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));
const glanceAt = (text: string): ComparedFacts | null => new InvoiceGlance(Buffer.from(text)).at(0);
const UNKNOWN = (): boolean => false;

describe('A page of invoices', () => {
  it('is the same read from its bytes as parsed, whatever of it is known', () => {
    const amount = fc.oneof(
      fc.integer({ min: 0, max: 99_999_999 }).map((cents) => cents / 100),
      fc.constantFrom(0, 1e21, -5.5, 0.005, '12.30', 'x', null),
    );
    const text = fc.oneof(fc.constantFrom('7', '58', '', '2026-03-01', 'A-1', 'Ü', null, 5), fc.string());
    const row = fc.record(
      {
        Id: fc.oneof(fc.nat({ max: 9 }).map(String), fc.constantFrom('x', 7)),
        SyncToken: fc.constantFrom('0', '1', '02', 3),
        DocNumber: text,
        TxnDate: fc.constantFrom('2026-03-01', 'soon', null),
        DueDate: fc.constantFrom('2026-03-15', null, 20260315),
        CustomerRef: fc.oneof(fc.record({ value: text, name: text }), fc.constantFrom('58', {}, null)),
        TotalAmt: amount,
        Balance: amount,
        Line: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: ['Id'] },
    );
    const known = fc.array(fc.nat({ max: 9 }).map(String));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), known, fc.constantFrom(0, 2), (rows, ids, space) => {
        const whole = JSON.stringify(answer(rows), null, space);
        const isKnown = (one: ComparedFacts) => ids.includes(one.id);
        const scanned = scanChangedInvoices(Buffer.from(whole), isKnown);
        expect(scanned).toEqual(readChangedInvoices(JSON.parse(whole) as object, isKnown));
        const page = scanKnownInvoices(Buffer.from(whole), isKnown);
        expect(page).toEqual(readKnownInvoices(JSON.parse(whole) as object, isKnown));
      }),
      { numRuns: 1000 },
    );
  });

  it('has nothing made of an invoice that is known', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const page = scanChangedInvoices(bytesOf(answer([invoice, invoice])), ({ id }) => id === '130');
    expect(page).toEqual({ known: ['130', '130'], invoices: [], unreadable: [], full: false });
    expect(parse).toHaveBeenCalledTimes(1); // what comes with the list
    parse.mockRestore();
  });

  it('is looked through for what is known after many that are news, and from then on again', () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({ ...invoice, Id: String(index) }));
    const isKnown = ({ id }: ComparedFacts) => id === '3' || Number(id) >= 40;
    const parse = vi.spyOn(JSON, 'parse');
    const page = scanChangedInvoices(bytesOf(answer(rows)), isKnown);
    const parsed = parse.mock.calls.length;
    parse.mockRestore();
    expect(page).toEqual(readChangedInvoices(answer(rows), isKnown));
    expect(page?.known).toHaveLength(21);
    expect(parsed).toBe(39 + 1 + 1); // the news, the first known one after them, and what comes with the list
  });

  it('tells which are known where it holds nothing but the compared facts', () => {
    const rows = ['130', '131'].map((Id) => ({
      ...Object.fromEntries(COMPARED_FIELDS.map((field) => [field, invoice[field]])),
      Id,
      sparse: true,
    }));
    const isKnown = ({ id }: ComparedFacts) => id === '131';
    const page = { known: ['131'], unknown: 1, full: false };
    expect(scanKnownInvoices(bytesOf(answer(rows)), isKnown)).toEqual(page);
    expect(readKnownInvoices(answer(rows), isKnown)).toEqual(page);
  });

  it('counts one that lacks a compared fact as news', () => {
    const { Balance: _, ...rest } = invoice;
    const page = { known: [], unknown: 1, full: false };
    expect(scanKnownInvoices(bytesOf(answer([rest])), () => true)).toEqual(page);
    expect(readKnownInvoices(answer([rest]), () => true)).toEqual(page);
  });

  it.each<[string, unknown]>([
    ['a fault', { Fault: { Error: [{ code: '3200' }] } }],
    ['a fault beside invoices', answer([invoice], { Fault: { Error: [{ code: '500' }] } })],
    ['no invoices', { QueryResponse: {}, time: '2026-03-02T10:00:00Z' }],
    ['invoices in another place', { time: '2026-03-02T10:00:00Z', QueryResponse: { Invoice: [invoice] } }],
    ['no list', { QueryResponse: { Invoice: invoice } }],
    ['nothing', ''],
  ])('is left to a parser where it holds %s', (_, body) => {
    expect(scanChangedInvoices(bytesOf(body), UNKNOWN)).toBeNull();
    expect(scanKnownInvoices(bytesOf(body), UNKNOWN)).toBeNull();
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, -1)],
    ['is cut off within an invoice', (text: string) => text.slice(0, 200)],
    ['goes on after its end', (text: string) => `${text}x`],
    ['has two lists', (text: string) => text.replace('"startPosition"', '"Invoice":[],"startPosition"')],
    ['is XML', () => '<?xml version="1.0"?><IntuitResponse/>'],
  ])('is left to a parser where it %s', (_, damage) => {
    const text = JSON.stringify(answer([invoice]));
    expect(scanChangedInvoices(Buffer.from(text), UNKNOWN)).not.toBeNull();
    expect(scanChangedInvoices(Buffer.from(damage(text)), UNKNOWN)).toBeNull();
  });
});

describe('The facts of an invoice', () => {
  it('are the same at a glance as read', () => {
    expect(glanceAt(JSON.stringify(invoice))).toEqual(factsOf(readInvoice(invoice)));
  });

  it.each<[string, string]>([
    ['a name is escaped', '"\\u0042alance":0'],
    ['a name within the customer is escaped', '"CustomerRef":{"value":"1","\\u0076alue":"2"}'],
    ['a text is escaped', '"DocNumber":"10\\u0033"'],
    ['a text is not ASCII', '"DocNumber":"é"'],
    ['an amount has an exponent', '"Balance":1e2'],
    ['an amount is negative', '"Balance":-1'],
    ['an amount has three decimals', '"Balance":1.005'],
    ['an amount is a text', '"Balance":"1.00"'],
    ['an amount is null', '"Balance":null'],
    ['an id is a number', '"Id":5'],
    ['the customer is no object', '"CustomerRef":"58"'],
  ])('are not told at a glance where %s', (_, field) => {
    expect(glanceAt(`${JSON.stringify(invoice).slice(0, -1)},${field}}`)).toBeNull();
  });

  it.each([
    ['12', 1200],
    ['12.3', 1230],
    ['12.34', 1234],
    ['0', 0],
    ['0.05', 5],
  ])('take %s for %d cents', (amount, cents) => {
    const glance = glanceAt(`${JSON.stringify(invoice).slice(0, -1)},"Balance":${amount}}`);
    expect(glance?.facts.split('\u001f')[2]).toBe(String(cents));
  });

  it('are those that come last, as a parser has it', () => {
    const text = `${JSON.stringify(invoice).slice(0, -1)},"Balance":7,"CustomerRef":{"value":"9"},"DocNumber":null}`;
    expect(glanceAt(text)).toEqual(factsOf(readInvoice(JSON.parse(text))));
  });
});
