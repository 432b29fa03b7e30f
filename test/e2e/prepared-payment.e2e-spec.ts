import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { JobClient } from '../../src/jobs/job-client.js';
import { preparedName } from '../../src/platform/database/prepared.js';
import { currentScope } from '../../src/platform/database/scope.js';
import { ScopedClient } from '../../src/platform/database/scoped.client.js';
import { aContractor, anInvoicedProposal, type Contractor } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type BooksWithWebhooks, caughtUp, openBooksWithWebhooks } from '../support/webhooks.js';

/** What begins and ends transactions, and what sets their limits: it is not planned. */
const UNPLANNED = /^\s*(start|begin|commit|set|select set_config)\b/i;

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
  const sent: string[] = [];
  const query = Reflect.get(ScopedClient.prototype, 'query');
  const spy = vi.spyOn(ScopedClient.prototype, 'query').mockImplementation(function (
    this: ScopedClient,
    ...[text, ...rest]
  ) {
    // What timers look for goes through doors, and the queue's own statements are the library's.
    if (currentScope()?.orgId === contractor.orgId && !(this instanceof JobClient)) sent.push(String(text));
    return query.call(this, text, ...rest);
  });
  try {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const paid = `select from portal_activity where proposal_id = $1 and event = 'invoice_paid'`;
    await eventually(async () => expect(await books.database.query(paid, [proposalId])).toHaveLength(1));
    await caughtUp(books, contractor.realmId);
  } finally {
    spy.mockRestore();
  }
  return sent.filter((text) => !UNPLANNED.test(text));
}

it('looks into a payment with few statements, whose plans are kept', async () => {
  const texts = await sentForAPayment();
  const looks = texts.filter((text) => text.includes('events_lease_token + 1')).length;
  expect(looks).toBeGreaterThan(0);
  expect(texts.length / looks).toBeGreaterThan(15);
  expect(texts.length / looks).toBeLessThanOrEqual(24);
  expect(texts.filter((text) => preparedName(text) === undefined)).toEqual([]);
});
