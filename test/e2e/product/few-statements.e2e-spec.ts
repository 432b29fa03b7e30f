import { afterAll, beforeAll, expect, it } from 'vitest';
import { PortalLinksService } from '../../../src/portal/links/portal-links.service.js';
import { PageFactsService } from '../../../src/portal/page/facts/page-facts.service.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { aLink } from '../../support/portal.js';
import { statementsWhile } from '../../support/statements.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';

const LOGO = `data:image/png;base64,${'iVBORw0K'.repeat(5_000)}`;

let books: BooksWithStripe;
let contractor: Contractor;

beforeAll(async () => {
  books = await startBooksWithStripe();
  contractor = await aContractor(books);
  await contractor.admin.patch('/org/settings', { company_logo: LOGO });
  await anInvoicedProposal(contractor); // what a company is asked for once is known
});

afterAll(() => books[Symbol.asyncDispose]());

/** What the database is asked meanwhile, once nothing else is under way. */
async function asked(work: () => Promise<unknown>): Promise<string[]> {
  await idle(books, contractor);
  return statementsWhile(contractor.orgId, work);
}

/** How many of these read the settings of the organisation. */
const ofSettings = (texts: string[]): number =>
  texts.filter((text) => /^select (?!company_logo).* from "?org_settings\b/is.test(text)).length;

const ofLogo = (texts: string[]): string[] => texts.filter((text) => text.includes('company_logo'));

it('makes the invoice of a new customer with few statements, few of them about the settings', async () => {
  const proposalId = await anApprovedProposal(contractor);
  const texts = await asked(() => contractor.admin.post(`/qbo/invoice/${proposalId}`));
  expect(texts.length).toBeGreaterThan(60);
  expect(texts.length).toBeLessThanOrEqual(116);
  expect(ofSettings(texts)).toBeLessThanOrEqual(3);
  expect(texts.filter((text) => text.includes('contract_entries'))).toHaveLength(2);
});

it('approves, and opens a payment page, by settings that each question does not read anew', async () => {
  const created = await contractor.admin.post('/proposals', {
    name: 'Roof of 12 Elm Street',
    customer_id: (await contractor.admin.get('/customers')).body.items[0].id,
    lines: [{ description: 'New roof', quantity: 1, unit_price_cents: 1_250_000 }],
  });
  const id = created.body.id as number;
  const approving = await asked(() => contractor.admin.post(`/proposals/${id}/approve`));
  expect(ofSettings(approving)).toBe(2); // before the transaction, and in it
  const opening = await asked(() => openCheckout(contractor.admin, id));
  expect(ofSettings(opening)).toBe(3); // before the transaction, in it, and once Stripe has answered
});

it('reads the logo of an organisation for its page alone', async () => {
  const proposalId = await anApprovedProposal(contractor);
  const pushing = await asked(() => contractor.admin.post(`/qbo/invoice/${proposalId}`));
  expect(ofLogo(pushing)).toEqual([]);
  const { token } = await aLink(contractor.admin, proposalId);
  const link = await books.app.app.get(PortalLinksService).open(token);
  let shown: string | null = null;
  const showing = await asked(async () => {
    shown = (await books.app.app.get(PageFactsService).gather(link)).papers.logo;
  });
  expect(shown).toBe(LOGO);
  expect(ofLogo(showing)).toHaveLength(1);
  expect(ofSettings(showing)).toBe(1);
});

it('looks for the first time at many invoices that were linked by hand in few statements', async () => {
  const other = await aContractor(books, 'Large Roofing');
  const { Id: customer_id } = await books.control.createCustomer(other.realmId, 'Large Builder');
  const ids = await books.control.createInvoices(other.realmId, { customer_id, amount: 100, count: 120 });
  await books.database.query(
    `insert into leads (org_id, customer_id, name, status, amount_cents, approved_at, qbo_invoice_id)
     select $1, $2, 'Roof ' || id, 'approved', 10000, now(), id from unnest($3::text[]) id`,
    [other.orgId, await aCustomer(other), ids],
  );
  await idle(books, other);
  const texts = await statementsWhile(other.orgId, () => pollCompany(books, other));
  const seen = `select from invoices where org_id = $1 and state = 'open'`;
  expect(await books.database.query(seen, [other.orgId])).toHaveLength(120);
  expect(texts.length).toBeLessThan(120);
});
