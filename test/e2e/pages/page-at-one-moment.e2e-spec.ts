import { afterAll, beforeAll, expect, it } from 'vitest';
import { EntryMoneyRepository } from '../../../src/payments/ledger/entry-money.repository.js';
import type { PortalLink } from '../../../src/portal/links/portal-link.entity.js';
import { PortalLinksService } from '../../../src/portal/links/portal-links.service.js';
import { PageFactsService } from '../../../src/portal/page/facts/page-facts.service.js';
import { aContractor, anApprovedProposal, type Contractor, idle } from '../../support/books.js';
import { holdNext } from '../../support/hold.js';
import { aLink } from '../../support/portal.js';
import { statementsWhile } from '../../support/statements.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

let books: BooksWithStripe;
let contractor: Contractor;
let proposalId: number;
let link: PortalLink;

beforeAll(async () => {
  books = await startBooksWithStripe();
  contractor = await aContractor(books);
  proposalId = await anApprovedProposal(contractor);
  const { token } = await aLink(contractor.admin, proposalId);
  link = await books.app.app.get(PortalLinksService).open(token);
});

afterAll(() => books[Symbol.asyncDispose]());

const gather = () => books.app.app.get(PageFactsService).gather(link);

it('shows the charge, the payments and the account of one moment, whatever is paid meanwhile', async () => {
  const money = holdNext(books.app.app.get(EntryMoneyRepository), 'listOfProposal');
  const shown = gather();
  await money.done;
  await payDeposit(books, contractor.admin, proposalId);
  money.letGo();
  const { charge, payments, account } = await shown;
  expect(charge).toMatchObject({ owed: true });
  expect(payments).toEqual([]);
  expect(account!.rows.map(({ state }) => state)).not.toContain('paid_here');
  const later = await gather();
  expect(later.charge).toMatchObject({ owed: false });
  expect(later.payments).toHaveLength(1);
});

it('asks the database once for what the charge, the account and the changes have in common', async () => {
  await idle(books, contractor);
  const texts = await statementsWhile(contractor.orgId, gather);
  const readsOf = (table: string) =>
    texts.filter((text) => new RegExp(`\\bfrom "?${table}\\b`, 'i').test(text)).length;
  expect(['contract_entries', 'contract_lines'].map(readsOf)).toEqual([1, 1]);
  expect(texts.length).toBeLessThanOrEqual(30);
});
