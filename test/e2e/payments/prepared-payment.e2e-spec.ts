import { afterAll, beforeAll, expect, it } from 'vitest';
import { preparedName } from '../../../src/platform/database/statements/prepared.js';
import { aContractor, anInvoicedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { statementsWhile } from '../../support/statements.js';
import { type BooksWithWebhooks, caughtUp, openBooksWithWebhooks } from '../../support/webhooks.js';

let books: BooksWithWebhooks;
let contractor: Contractor;

beforeAll(async () => {
  books = await openBooksWithWebhooks();
  contractor = await aContractor(books);
});

afterAll(async () => {
  await books[Symbol.asyncDispose]();
});

/** Pays the deposit of a new proposal in QuickBooks and answers what the database was asked for it. */
async function sentForAPayment(): Promise<string[]> {
  const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
  await caughtUp(books, contractor.realmId);
  return statementsWhile(contractor.orgId, async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const paid = `select from portal_activity where proposal_id = $1 and event = 'invoice_paid'`;
    await eventually(async () => expect(await books.database.query(paid, [proposalId])).toHaveLength(1));
    await caughtUp(books, contractor.realmId);
  });
}

it('looks into a payment with few statements, whose plans are kept', async () => {
  const texts = await sentForAPayment();
  const looks = texts.filter((text) => text.includes('events_lease_token + 1')).length;
  expect(looks).toBeGreaterThan(0);
  expect(texts.length / looks).toBeGreaterThan(15);
  expect(texts.length / looks).toBeLessThanOrEqual(31);
  expect(texts.filter((text) => preparedName(text) === undefined)).toEqual([]);
});
