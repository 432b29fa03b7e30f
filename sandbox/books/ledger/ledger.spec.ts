import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../../world.ts';
import type { Company } from '../company.ts';
import { createCompany } from '../open-company.ts';
import { type Body, refOf, textOf } from '../json.ts';
import { minorOf } from '../money.ts';
import { readRecord, writeRecord } from '../write-record.ts';
import { ACCOUNT } from './accounts.ts';
import { openItemKey } from './posting.ts';
import { costPostings } from './stock.ts';
import { histories, openTradingBooks, take } from '../../testing/random-history.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function expectBalanced(company: Company): void {
  const { ledger } = company.store;
  for (const [document, postings] of ledger.documents())
    expect([document, sum(postings.map(({ home }) => home))]).toEqual([document, 0]);
}

/** What customers and vendors owe and are owed, by their own records, is what stands on A/R and A/P. */
function expectPartiesMatch({ store }: Company): void {
  const owed = (entity: 'Customer' | 'Vendor'): number =>
    sum(store.all(entity).map((one) => minorOf(one.Balance)));
  expect(store.ledger.homeBalance(ACCOUNT.receivable)).toBe(owed('Customer'));
  expect(store.ledger.homeBalance(ACCOUNT.payable)).toBe(-owed('Vendor') || 0);
}

function openOf({ store }: Company, entity: string, body: Body, party: 'CustomerRef' | 'VendorRef'): number {
  return store.ledger.open(openItemKey(entity, textOf(body, 'Id')!, refOf(body, party)!)).amount;
}

/** Each document's own Balance is what it leaves open in the ledger. */
function expectOpenItemsMatch(company: Company): void {
  const { store } = company;
  for (const [entity, party, field, sign] of [
    ['Invoice', 'CustomerRef', 'Balance', 1],
    ['CreditMemo', 'CustomerRef', 'Balance', -1],
    ['Payment', 'CustomerRef', 'UnappliedAmt', -1],
    ['Bill', 'VendorRef', 'Balance', -1],
    ['VendorCredit', 'VendorRef', 'Balance', 1],
    ['BillPayment', 'VendorRef', 'UnappliedAmt', 1],
  ] as const)
    for (const body of store.all(entity))
      expect([entity, body.Id, openOf(company, entity, body, party)]).toEqual([
        entity,
        body.Id,
        sign * minorOf(body[field]) || 0,
      ]);
}

/** Each document of a product bears its cost, first in, first out, and the stock account what is left. */
function expectStockMatches({ store }: Company): void {
  const postings = [...store.ledger.documents()].flatMap(([document, all]) =>
    all.map((one) => ({ document, ...one })),
  );
  const costs = postings.filter(({ costOf }) => costOf === '3');
  for (const [document, expected] of costPostings(store, '3'))
    expect(costs.filter((one) => one.document === document)).toEqual(
      expected.map((one) => ({ document, ...one })),
    );
  const inStock = sum(postings.filter(({ item }) => item === '3').map(({ home }) => home));
  expect(store.ledger.homeBalance('81')).toBe(inStock);
  const isEmpty = store.find('Item', '3')?.QtyOnHand === 0;
  expect(isEmpty ? inStock : 0).toBe(0);
}

describe('the ledger, whatever is done to the books,', () => {
  it('balances after every write, and says what customers owe and documents leave open', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(0, 8.25), (steps, salesTaxPercent) => {
        const company = createCompany(new World({ salesTaxPercent }));
        openTradingBooks(company);
        for (const step of steps) {
          take(company, step);
          expectBalanced(company);
          expectPartiesMatch(company);
          expectStockMatches(company);
        }
        expectOpenItemsMatch(company);
        expect(company.store.all('Customer')).not.toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('has what was in stock at first, and nothing else, when every document is deleted', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const company = createCompany(new World());
        openTradingBooks(company);
        for (const step of steps) take(company, step);
        const { store } = company;
        const begun = store.ledger.postingsOf('Item|3');
        const order = ['Deposit', 'Payment', 'BillPayment', 'JournalEntry', 'Invoice', 'CreditMemo'] as const;
        const rest = [
          'SalesReceipt',
          'RefundReceipt',
          'Bill',
          'VendorCredit',
          'Purchase',
          'Transfer',
          'InventoryAdjustment',
        ] as const;
        for (const entity of [...order, ...rest])
          for (const { Id } of store.all(entity))
            writeRecord(company, 'delete', entity, { Id: Id! }, { byHand: true });
        expect([...store.ledger.documents()]).toEqual([['Item|3', begun]]);
        expect(store.find('Item', '3')?.QtyOnHand).toBe(7);
        expect([...store.ledger.openItems()]).toEqual([]);
        for (const account of store.all('Account'))
          expect(store.ledger.homeBalance(textOf(account, 'Id')!)).toBe(
            sum(begun.map((one) => (one.account === account.Id ? one.home : 0))),
          );
      }),
      { numRuns: 60 },
    );
  });
});

describe('an account', () => {
  const sale = { Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} };
  const balanceOf = (company: Company, id: string): unknown =>
    readRecord(company, 'Account', id).CurrentBalance;

  it('shows what is on it: receivables, undeposited funds, then the bank', () => {
    const company = createCompany(new World());
    openTradingBooks(company);
    const CustomerRef = { value: '1' };
    const invoice = writeRecord(company, 'create', 'Invoice', { CustomerRef, Line: [sale] });
    expect(balanceOf(company, ACCOUNT.receivable)).toBe(100);
    const Line = [{ Amount: 100, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }];
    const payment = writeRecord(company, 'create', 'Payment', { CustomerRef, TotalAmt: 100, Line });
    expect(balanceOf(company, ACCOUNT.receivable)).toBe(0);
    expect(balanceOf(company, ACCOUNT.undepositedFunds)).toBe(100);
    writeRecord(company, 'create', 'Deposit', {
      DepositToAccountRef: { value: '35' },
      Line: [
        { Amount: 100, LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment', TxnLineId: '0' }] },
        { Amount: -3.2, DetailType: 'DepositLineDetail', DepositLineDetail: { AccountRef: { value: '7' } } },
      ],
    });
    expect(balanceOf(company, ACCOUNT.undepositedFunds)).toBe(0);
    expect(balanceOf(company, '35')).toBe(96.8);
    expect(balanceOf(company, ACCOUNT.services)).toBe(0);
  });

  it('of a customer opened with a balance is owed from the start', () => {
    const company = createCompany(new World());
    writeRecord(company, 'create', 'Customer', { DisplayName: 'Old', Balance: 250 });
    expect(readRecord(company, 'Customer', '1').Balance).toBe(250);
    expect(balanceOf(company, ACCOUNT.receivable)).toBe(250);
    expect(balanceOf(company, ACCOUNT.openingBalanceEquity)).toBe(-250);
  });
});
