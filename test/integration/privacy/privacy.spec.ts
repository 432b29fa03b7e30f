import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustomersRepository } from '../../../src/customers/customers.repository.js';
import { moneyText } from '../../../src/messages/format.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { PERSONAL_DATA } from '../../../src/privacy/personal-data.js';
import { ProposalsRepository } from '../../../src/proposals/rows/proposals.repository.js';
import * as currencyLinks from '../../../src/qbo-sync/push/customers/currencies/customer-currency-links.repository.js';
import { CustomerLinksRepository } from '../../../src/qbo-sync/push/customers/customer-links.repository.js';
import { CustomerMatcherService } from '../../../src/qbo-sync/push/customers/match/customer-matcher.service.js';
import { untilBlocked } from '../../support/blocked.js';
import { aContractor, beginsWith, type Contractor, idle } from '../../support/books.js';
import { daysFromNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { addPerson, createOrg, type Json, PASSWORD, type Person, someEmail } from '../../support/people.js';
import { aDraft, aLink, openPage, sendForm, versionIn } from '../../support/portal.js';
import { statementsWhile } from '../../support/statements.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const NAME = 'Wilhelmina Featherstonehaugh';
const EMAIL = 'wilhelmina.f@example.com';
const PHONE = '555-0142';
const PLACE = '88 Larkspur Terrace';
const BROWSER = 'Mozilla/5.0 (Featherphone) Larkspur/7';

/** Columns in which a person may be named. */
const NAMING = `
  select distinct table_name as name from information_schema.columns c join information_schema.tables t
    using (table_schema, table_name)
   where table_schema = 'public' and table_type = 'BASE TABLE' and data_type in ('text', 'jsonb', 'bytea')
     and column_name ~ ('(name|email|phone|address|^ip$|user_agent|notes|body|payload|request$|description|reason'
       || '|meta|signer|error$|problem|detail$|sent$|said|memo$|profile)')
     and table_name not in ('migrations', 'orgs', 'roles', 'users', 'sessions', 'invitations', 'account_mails',
       'login_throttles', 'org_settings')`;

/** Columns of these names that name no person. */
const HARMLESS = new Set([
  'contracts',
  'disputes',
  'invoice_compares',
  'period_closings',
  'qbo_accounts',
  'qbo_items',
  'qbo_sweeps',
  'qbo_tokens',
]);

const A_DAY: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/);

/** The customer does without what the final invoice of a contract would bill. */
async function leaveOut(seller: Person, proposalId: number): Promise<void> {
  const { body } = await seller.get(`/proposals/${proposalId}/contract`);
  const final = (body.entries as Json[]).find(({ kind }) => kind === 'final')!;
  const line = { description: 'Left out', quantity: 1, unit_price_cents: -(final.amount_cents as number) };
  const route = `/proposals/${proposalId}/change-orders`;
  const order = await seller.post(route, { description: 'The rest is left out', lines: [line] });
  await seller.post(`${route}/${order.body.number as number}/approve`, { reason: 'Agreed on site' });
}

describe('The personal data of a customer', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let admin: Contractor['admin'];
  let customerId: number;
  let proposalId: number;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractor = await aContractor(books);
    admin = contractor.admin;
    proposalId = await aDraft(admin, { name: `Roof of ${PLACE}`, customerName: NAME, email: EMAIL });
    customerId = (await admin.get(`/proposals/${proposalId}`)).body.customer_id as number;
    await admin.patch(`/customers/${customerId}`, { phone: PHONE });
    await admin.patch(`/leads/${proposalId}`, { notes: `Ask for ${NAME}` });
    const { path } = await aLink(admin, proposalId);
    const { html } = await openPage(books.app, path);
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'null', 'user-agent': BROWSER };
    await sendForm(
      books.app,
      `${path}/approve`,
      { version: versionIn(html), name: NAME, agreed: 'yes' },
      headers,
    );
    await payDeposit(books, admin, proposalId);
    await eventually(async () => {
      const { qbo_invoice_id: invoice } = (await admin.get(`/proposals/${proposalId}`)).body;
      if (!invoice) throw new Error('not invoiced yet');
    });
    await books.database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, customer_id, created_at, updated_at)
       values ($1, 'customer.create:1', 'unknown', $2, 'n', $3, now(), now())`,
      [contractor.orgId, `QuickBooks refused ${NAME}`, customerId],
    );
    const refused = `It may be in QuickBooks already (customer 58, "${NAME}")`;
    await books.database.query(
      `insert into inbox_events (org_id, item_id, event, at, error)
       select org_id, id, 'retried', now(), $2 from inbox_items where org_id = $1 and customer_id = $3`,
      [contractor.orgId, refused, customerId],
    );
    await books.database.query(
      `with batch as (
         insert into customer_batches (id, org_id, created_by, status, total, next_run_at, created_at, finished_at)
         values (gen_random_uuid(), $1, $4, 'done', 1, now(), now(), now()) returning id)
       insert into customer_batch_items
         (batch_id, org_id, position, customer_id, state, next_attempt_at, result, error, finished_at)
       select id, $1, 1, $3, 'done', now(), 'skipped', $2, now() from batch`,
      [contractor.orgId, refused, customerId, admin.userId],
    );
    await books.database.query(
      `update checkout_sessions set error = 'Invalid email address: ' || $2 where org_id = $1`,
      [contractor.orgId, EMAIL],
    );
    await books.database.query(
      `insert into invoice_reminders
         (org_id, invoice_id, due_on, offset_days, state, emailed_to, next_attempt_at, sent_at, created_at)
       select org_id, id, '2026-03-02', 1, 'sent', $2, now(), now(), now() from invoices where proposal_id = $1`,
      [proposalId, EMAIL],
    );
    await books.database.query(
      `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, reason, error,
                            requested_by, made_at, created_at, updated_at)
       select org_id, proposal_id, id, 100, currency, 'failed', $2, $2, 'user:1', now(), now(), now()
         from payments where proposal_id = $1`,
      [proposalId, `${NAME} moved away`],
    );
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** The tables of which a row holds one of these texts, wherever it stands in it. */
  async function tablesWith(...texts: string[]): Promise<string[]> {
    const tables = await books.database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const [row] = await books.database.query<{ holds: boolean }>(
        `select exists (select from ${name} t, unnest($1::text[]) as text
                         where strpos(lower(t::text), lower(text)) > 0) as holds`,
        [texts],
      );
      if (row!.holds) found.push(name);
    }
    return found;
  }

  it('has a rule in every table that can name a person', async () => {
    const tables = await books.database.query<{ name: string }>(NAMING);
    expect(
      tables.map(({ name }) => name).filter((name) => !PERSONAL_DATA[name] && !HARMLESS.has(name)),
    ).toEqual([]);
    expect(tables.length).toBeGreaterThan(15);
  });

  it('is exported whole, and that is written down', async () => {
    const answer = await admin.get(`/customers/${customerId}/export`);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({
      customer: [{ id: customerId, full_name: NAME, email: EMAIL, phone: PHONE }],
      proposal_lines: expect.arrayContaining([
        expect.objectContaining({ quantity: expect.any(Number), unit_price_cents: expect.any(Number) }),
      ]) as unknown,
      proposals: [{ id: proposalId, name: `Roof of ${PLACE}`, notes: `Ask for ${NAME}` }],
      approvals: [{ signer_name: NAME, user_agent: BROWSER }],
      payments: [{ proposal_id: proposalId, amount_cents: expect.any(Number) as number }],
      invoices: [{ proposal_id: proposalId, txn_date: A_DAY, due_on: A_DAY }],
      reminders: [{ due_on: '2026-03-02', state: 'sent', emailed_to: EMAIL }],
    });
    const [entry] = (await admin.get('/audit?action=customer.exported')).body.items;
    expect(entry).toMatchObject({ subject: `customer:${customerId}`, actor: { id: admin.userId } });
  });

  it('is exported with each of its records in QuickBooks, of other currencies and companies before', async () => {
    const { orgId, realmId } = contractor;
    await books.database.query(
      `with mirrored as (
         insert into qbo_customers (org_id, realm_id, qbo_id, sync_token, display_name, active, name_keys, email_keys,
                                    phone_keys, seen_at)
         select c.org_id, c.qbo_realm_id, r.id, 0, c.full_name || r.suffix, true, '{}', '{}', '{}', now()
           from customers c, lateral (
             values (c.qbo_customer_id, ''), ('4713', ' (EUR)'), ('4714', ' of somebody')) as r (id, suffix)
          where c.org_id = $1 and c.id = $3
         on conflict do nothing),
       before as (
         insert into qbo_customers (org_id, realm_id, qbo_id, sync_token, display_name, active, name_keys, email_keys,
                                    phone_keys, seen_at)
         select c.org_id, 'before', r.id, 0, c.full_name || r.suffix, true, '{}', '{}', '{}', now()
           from customers c, lateral (
             values ('58', ' before'), ('59', ' of somebody'), ('60', ' matched wrongly'), ('61', ' made for another'))
             as r (id, suffix)
          where c.org_id = $1 and c.id = $3),
       decided as (
         insert into customer_match_decisions (org_id, customer_id, realm_id, decision, qbo_customer_id, decided_by,
                                               decided_at)
         values ($1, $3, 'before', 'link', '58', $5, now())),
       made as (
         insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                                      next_attempt_at, qbo_id, proposal_id, first_sent_at)
         select $1, r.realm, r.kind, r.entity, r.generation, 'before ' || r.generation,
                jsonb_build_object('customerId', r.id), 'done', now(), r.id, r.proposal, now() + r.since
           from (values ($2, 'invoice.create', $3, 1, '4714', $4::int, interval '-9 days'),
                        ('before', 'invoice.create', $3, 2, '60', $4, '-2 days'),
                        ('before', 'invoice.create', $3, 3, '61', $4, '1 day'),
                        ('before', 'customer.create', 1000000, 4, '61', null, '-9 days'))
             as r (realm, kind, entity, generation, id, proposal, since))
       insert into customer_currency_links (org_id, customer_id, realm_id, currency, qbo_customer_id, qbo_sync_token,
                                            sent, said, created_at, updated_at)
       values ($1, $3, $2, 'EUR', '4713', '0', '{}', '{}', now(), now())`,
      [orgId, realmId, customerId, proposalId, admin.userId],
    );
    const { data } = (await admin.get(`/customers/${customerId}/export`)).body as {
      data: { quickbooks: { display_name: string }[] };
    };
    const names = data.quickbooks.map((one) => one.display_name);
    expect(names.toSorted()).toEqual([NAME, `${NAME} (EUR)`, `${NAME} before`]);
    await books.database.query(`delete from sync_operations where request_id like 'before %'`);
  });

  it('is exported with the changes of its contract, the credits and the disputes', async () => {
    const { orgId } = contractor;
    const id = await aDraft(admin, { name: 'Porch', customerName: 'Ottilie Bramble' });
    const { customer_id: ottilie } = (await admin.get(`/proposals/${id}`)).body;
    await admin.post(`/proposals/${id}/approve`);
    await payDeposit(books, admin, id);
    await admin.post(`/proposals/${id}/change-orders`, {
      description: 'A smaller porch',
      lines: [{ description: 'Left out', quantity: 1.5, unit_price_cents: -10_000 }],
    });
    await books.database.query(
      `with disputed as (
         insert into disputes (org_id, proposal_id, payment_id, amount_cents, currency, state, stripe_status, reason,
                               status_at, created_at, updated_at)
         select org_id, proposal_id, id, 500, currency, 'won', 'won', 'fraudulent', now(), now(), now()
           from payments where org_id = $1 and proposal_id = $2)
       insert into credit_memos (org_id, proposal_id, change_order_id, currency, amount_cents, number, state,
                                 qbo_realm_id, qbo_credit_memo_id, created_at, updated_at)
       select c.org_id, k.proposal_id, c.id, 'USD', 15000, 'CM-1', 'used', $3, '990001', now(), now()
         from change_orders c join contracts k on k.org_id = c.org_id and k.id = c.contract_id
        where k.org_id = $1 and k.proposal_id = $2`,
      [orgId, id, contractor.realmId],
    );
    const { data } = (await admin.get(`/customers/${ottilie}/export`)).body;
    expect(data).toMatchObject({
      change_orders: [{ proposal_id: id, number: 1, description: 'A smaller porch', delta_cents: -15_000 }],
      change_order_lines: [{ description: 'Left out', quantity: 1.5, unit_price_cents: -10_000 }],
      credit_memos: [{ proposal_id: id, number: 'CM-1', amount_cents: 15_000, state: 'used' }],
      disputes: [{ amount_cents: 500, currency: 'USD', state: 'won', reason: 'fraudulent' }],
    });
  });

  it('is not erased while something is under way, and the answer says what', async () => {
    const answer = await admin.post(`/customers/${customerId}/erase`);
    expect([answer.status, answer.body.code]).toEqual([409, 'customer_in_use']);
    expect(answer.body.detail).toContain(`the contract of proposal ${proposalId} is not completed`);
    expect((await admin.get(`/customers/${customerId}`)).body.full_name).toBe(NAME);
  });

  it('is not erased while something of complete work is not billed, which nobody could bill any more', async () => {
    await admin.patch('/org/settings', { retainage_percent: 10 });
    const id = await aDraft(admin, { name: 'Porch', customerName: 'Dora Ruiz' });
    await admin.post(`/proposals/${id}/approve`);
    await admin.patch('/org/settings', { retainage_percent: 0 });
    const { customer_id: dora, amount_cents: value } = (await admin.get(`/proposals/${id}`)).body;
    await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-03-02' });
    const refusal = async (): Promise<string> => {
      const { status, body } = await admin.post(`/customers/${dora}/erase`);
      expect([status, body.code]).toEqual([409, 'customer_in_use']);
      return body.detail as string;
    };
    expect(await refusal()).toContain(
      `${moneyText(value as number, 'USD')} of the contract of proposal ${id}`,
    );

    const bill = (number: number) => admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
    for (const number of [1, 2]) expect((await bill(number)).status).toBe(200);
    const paid = `update invoices set balance_cents = 0, state = 'paid' where org_id = $1 and proposal_id = $2`;
    await books.database.query(paid, [contractor.orgId, id]);
    const { retained_cents: retained, remaining_cents } = (await admin.get(`/proposals/${id}/contract`)).body;
    expect([remaining_cents, (retained as number) > 0]).toEqual([0, true]);
    expect(await refusal()).toContain(
      `${moneyText(retained as number, 'USD')} of the contract of proposal ${id}`,
    );

    expect((await bill(3)).status).toBe(200);
    await books.database.query(paid, [contractor.orgId, id]);
    await idle(books, contractor);
    expect((await admin.post(`/customers/${dora}/erase`)).status).toBe(200);
  });

  it('is not erased of a builder with a hundred jobs; why is said in part, without a look at each', async () => {
    const { body: made } = await admin.post('/customers', { email: 'builder@hundred.test' });
    await books.database.query(
      `with jobs as (
         insert into leads (org_id, name, customer_id, status, approved_at, amount_cents, deposit_percent,
                            deposit_cents)
         select $1, 'Home ' || n, $2, 'approved', now(), 100000, 30, 30000 from generate_series(1, 100) n
         returning id)
       insert into contracts (org_id, proposal_id, customer_id, currency, value_cents, deposit_percent,
                              deposit_cents, terms_days, approved_at, completed_on)
       select $1, id, $2, 'USD', 100000, 30, 30000, 14, now(), '2026-03-02' from jobs`,
      [contractor.orgId, made.id],
    );
    const asked = await statementsWhile(contractor.orgId, async () => {
      const { status, body } = await admin.post(`/customers/${made.id as number}/erase`);
      expect([status, body.code]).toEqual([409, 'customer_in_use']);
      expect((body.detail as string).match(/is not billed \(/g)).toHaveLength(20);
      expect(body.detail).toContain('; and 80 contracts were not looked at for what is not billed. Finish');
    });
    expect(asked.length).toBeLessThan(200);
    const complete = (day: string | null, most: number) =>
      books.database.query(
        `update contracts set completed_on = $3 where id in (
           select id from contracts where org_id = $1 and customer_id = $2 order by proposal_id desc limit $4)`,
        [contractor.orgId, made.id, day, most],
      );
    const refusal = async () =>
      (await admin.post(`/customers/${made.id as number}/erase`)).body.detail as string;
    await complete(null, 1); // another reason; of the rest as many are looked at as are said
    expect(await refusal()).toMatch(
      /is not completed; .*; and 81 contracts were not looked at for what is not billed\. Finish/,
    );
    await complete(null, 100);
    const all = await refusal();
    expect(all.match(/is not completed/g)).toHaveLength(20);
    expect(all).toContain('; and 80 more of the like; and 100 contracts were not looked at');
    await complete('2026-03-02', 100);

    await books.database.query(
      `with jobs as (update leads set status = 'cancelled' where org_id = $1 and customer_id = $2 returning id)
       insert into sync_operations (org_id, realm_id, kind, entity_id, proposal_id, request_id, payload, state,
                                    next_attempt_at, qbo_id)
       select $1, 'R0', 'invoice.create', -id, id, 'of-home-' || id,
              jsonb_build_object('privateNote', 'For builder@hundred.test'), 'done', now(), id
         from jobs`,
      [contractor.orgId, made.id],
    );
    const erasing = await statementsWhile(contractor.orgId, async () => {
      expect((await admin.post(`/customers/${made.id as number}/erase`)).status).toBe(200);
    });
    expect(erasing.filter((text) => /update sync_operations\b.*\bpayload/s.test(text))).toHaveLength(1);
    const sent = await books.database.query(
      `select distinct payload ->> 'privateNote' as note from sync_operations where org_id = $1 and realm_id = 'R0'`,
      [contractor.orgId],
    );
    expect(sent).toEqual([{ note: 'For the customer' }]);
  });

  it('is erased though the work of a deposit is not taxed, and nobody is sent to bill it', async () => {
    await admin.patch('/org/settings', { tax_mode: 'qbo', deposit_percent: 100 });
    const id = await aDraft(admin, { name: 'Deck', customerName: 'Nora Ruiz' });
    await admin.post(`/proposals/${id}/approve`);
    await admin.patch('/org/settings', { tax_mode: 'none', deposit_percent: 30 });
    const { customer_id: nora } = (await admin.get(`/proposals/${id}`)).body;
    const bill = (number: number) => admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
    expect((await bill(1)).status).toBe(200);
    const paid = `update invoices set balance_cents = 0, state = 'paid' where org_id = $1 and proposal_id = $2`;
    await books.database.query(paid, [contractor.orgId, id]);
    await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-03-02' });
    await idle(books, contractor);
    const step = async () => (await admin.get(`/proposals/${id}/why`)).body.next_step as string;
    expect(await step()).toContain('with its tax');
    expect((await admin.post(`/customers/${nora}/erase`)).status).toBe(200);
    expect(await step()).toMatch(/^Nothing to do/);
    const gone = { status: 409, body: { code: 'customer_erased' } };
    expect(await bill(2)).toMatchObject(gone);
    const left = `select kind, state from sync_operations where org_id = $1 and proposal_id = $2 and state <> 'done'`;
    expect(await books.database.query(left, [contractor.orgId, id])).toEqual([]);
  });

  it('is for admins of the own organisation alone', async () => {
    const finance = await addPerson(books.app, contractor.orgId, ['finance', 'sales']);
    const other = await createOrg(books.app, 'Other Roofing');
    for (const [person, status] of [
      [finance, 403],
      [other.admin, 404],
    ] as const) {
      expect((await person.get(`/customers/${customerId}/export`)).status).toBe(status);
      expect((await person.post(`/customers/${customerId}/erase`)).status).toBe(status);
    }
  });

  it('is erased of what is drafted for the customer at that moment, too', async () => {
    const email = someEmail('customer');
    const made = await admin.post('/customers', { email, full_name: 'Ann Ruiz' });
    const id = made.body.id as number;
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000 }];
    const written = holdNext(books.app.app.get(ProposalsRepository), 'insert');
    const drafting = admin.post('/proposals', { name: 'Roof of Ann Ruiz', customer_id: id, lines });
    await written.done;
    const erasing = admin.post(`/customers/${id}/erase`);
    await untilBlocked(books.database, erasing);
    written.letGo();
    expect([(await drafting).status, (await erasing).status]).toEqual([201, 200]);
    const { body } = await admin.get(`/proposals/${(await drafting).body.id as number}`);
    expect(body.name).not.toContain('Ann');
  });

  it('is erased where a draft is given to the customer just before, and changed at that moment', async () => {
    const { body } = await admin.post('/customers', { email: someEmail('customer'), full_name: 'Fay Ruiz' });
    const facts = { name: 'Roof', customerName: 'Gus Ruiz', email: someEmail('customer') };
    const id = await aDraft(admin, facts);
    const customers = books.app.app.get(CustomersRepository);
    const locking = holdBefore(customers, 'getForUpdate');
    const erasing = admin.post(`/customers/${body.id as number}/erase`);
    await locking.made;
    await admin.patch(`/proposals/${id}`, { customer_id: body.id });
    const reading = holdBefore(customers, 'getUnchanging');
    const editing = admin.patch(`/proposals/${id}`, { name: 'Roof of Fay Ruiz' });
    await reading.made;
    locking.letGo();
    await untilBlocked(books.database, erasing);
    reading.letGo();
    expect([(await editing).status, (await erasing).status]).toEqual([200, 200]);
    expect((await admin.get(`/proposals/${id}`)).body.name).toBe(`Proposal ${id}`);
  });

  it('is erased of the key that a program asked under, and of what it asked for', async () => {
    const customer = { email: 'rosa@web.example', full_name: 'Rosa Web' };
    const { id } = (await admin.post('/customers', customer)).body as { id: number };
    const key = { 'idempotency-key': 'form-rosa@web.example' };
    const lead = await admin.post('/leads', { name: 'Rosa Web', customer_id: id }, key);
    expect((await admin.post(`/customers/${id}/erase`)).status).toBe(200);
    const [kept] = await books.database.query(
      'select request_key as key, request_hash as hash from leads where id = $1',
      [lead.body.id],
    );
    expect(kept).toEqual({ key: null, hash: null });
  });

  it('is not brought to QuickBooks by who looked for the customer there just before', async () => {
    const made = await admin.post('/customers', { email: someEmail('customer'), full_name: 'Bea Ruiz' });
    const id = made.body.id as number;
    const looked = holdNext(books.app.app.get(CustomerMatcherService), 'verdictOf');
    const syncing = admin.post(`/qbo/sync/customer/${id}`);
    await looked.done;
    expect((await admin.post(`/customers/${id}/erase`)).status).toBe(200);
    looked.letGo();
    expect((await syncing).body).toMatchObject({ ok: false, error: expect.stringContaining('was erased') });
    const there = await books.control.records(contractor.realmId, 'Customer');
    expect(there.filter(({ DisplayName }) => beginsWith(DisplayName, 'Bea Ruiz'))).toEqual([]);
  });

  describe('that a job had read just before', () => {
    let id: number;
    const erase = () => admin.post(`/customers/${id}/erase`);
    const sync = () => admin.post(`/qbo/sync/customer/${id}`);
    const aCustomer = async (full_name: string): Promise<number> => {
      const facts = { email: someEmail('customer'), full_name, phone: '555-0173' };
      return (await admin.post('/customers', facts)).body.id as number;
    };
    const kept = async (): Promise<Json[]> =>
      books.database.query('select qbo_sent as sent, qbo_profile as profile from customers where id = $1', [
        id,
      ]);

    it('is not written down by who found it in step with QuickBooks', async () => {
      id = await aCustomer('Cora Ruiz');
      await sync();
      const noting = holdBefore(books.app.app.get(CustomerLinksRepository), 'markSeen');
      const syncing = sync();
      await noting.made;
      const erased = await erase();
      noting.letGo();
      await syncing;
      expect(erased.status).toBe(200);
      expect(await kept()).toEqual([{ sent: null, profile: null }]);
    });

    it('is not written down of their record in another currency either', async () => {
      id = await aCustomer('Carla Ruiz');
      await sync();
      await books.database.query(
        `insert into customer_currency_links (org_id, customer_id, realm_id, currency, qbo_customer_id,
                                              qbo_sync_token, sent, said, created_at, updated_at)
         select c.org_id, c.id, $2, 'EUR', '4714', '0', said.profile || '{"phone": null}', said.profile, now(), now()
           from customers c, jsonb_build_object('displayName', 'Carla Ruiz (EUR)', 'email', c.email,
                                                'phone', c.phone) as said(profile) where c.id = $1`,
        [id, contractor.realmId],
      );
      const noting = holdBefore(books.app.app.get(currencyLinks.CustomerCurrencyLinksRepository), 'markSeen');
      const syncing = sync();
      await noting.made;
      const erased = await erase();
      noting.letGo();
      await syncing;
      expect(erased.status).toBe(200);
      const ofCurrency = 'select sent from customer_currency_links where customer_id = $1';
      expect(await books.database.query(ofCurrency, [id])).toEqual([
        { sent: { displayName: 'Erased', email: null, phone: null } },
      ]);
    });

    it('is not written down by who reads the version of somebody who was faster', async () => {
      id = await aCustomer('Cleo Ruiz');
      const { qbo_customer_id: qboId } = (await sync()).body;
      await books.control.editCustomer(contractor.realmId, qboId as string, { Notes: 'Rings twice' });
      await admin.patch(`/customers/${id}`, { phone: '555-0174' });
      const noting = holdBefore(books.app.app.get(CustomerLinksRepository), 'saveSaid');
      const syncing = sync();
      await noting.made;
      const erased = await erase();
      noting.letGo();
      await syncing;
      expect(erased.status).toBe(200);
      expect(await kept()).toEqual([{ sent: null, profile: null }]);
    });

    it('is no question to a person, who could read it there', async () => {
      await books.control.createCustomer(contractor.realmId, 'Dilys Ruiz');
      id = await aCustomer('Dilys Ruiz');
      const looked = holdNext(books.app.app.get(CustomerMatcherService), 'verdictOf');
      const syncing = sync();
      await looked.done;
      const erased = await erase();
      looked.letGo();
      expect((await syncing).body).toMatchObject({ ok: false, error: expect.stringContaining('was erased') });
      expect(erased.status).toBe(200);
      const { items } = (await admin.get(`/inbox?customer_id=${id}`)).body as { items: Json[] };
      expect(items).toEqual([]);
    });
  });

  it('is asked about no more whether QuickBooks has them, and comes back by no link to a record there', async () => {
    const { orgId, realmId } = contractor;
    const email = someEmail('customer');
    const there = await books.control.createCustomer(realmId, 'Edna Larkspur-Ruiz', {
      PrimaryEmailAddr: { Address: email },
      PrimaryPhone: { FreeFormNumber: '555-0175' },
    });
    const id = (await admin.post('/customers', { email, full_name: 'Edie' })).body.id as number;
    await admin.post(`/qbo/sync/customer/${id}`);
    const asked = async () => (await admin.get(`/inbox?customer_id=${id}`)).body.items as Json[];
    expect(await asked()).toMatchObject([
      { code: 'customer_match', reason: expect.stringContaining('Edna') },
    ]);
    const [item] = await asked();
    expect((await admin.post(`/customers/${id}/erase`)).status).toBe(200);
    expect(await asked()).toEqual([]);
    const kept = await books.database.query(
      `select i.reason, e.reason as told, e.error from inbox_items i join inbox_events e on e.item_id = i.id
        where i.org_id = $1 and i.id = $2`,
      [orgId, item!.id],
    );
    expect(JSON.stringify(kept)).not.toContain('Edna');
    const link = { action: 'link', qbo_customer_id: there.Id };
    const gone = { status: 409, body: { code: 'customer_erased' } };
    expect(await admin.post(`/customers/${id}/match`, link)).toMatchObject(gone);
    expect(await admin.post(`/customers/${id}/match`, { action: 'create' })).toMatchObject(gone);
    expect(
      await books.database.query('select qbo_customer_id, qbo_profile from customers where id = $1', [id]),
    ).toEqual([{ qbo_customer_id: null, qbo_profile: null }]);
  });

  it('is asked about no more what of theirs was overwritten in QuickBooks', async () => {
    const { orgId, realmId } = contractor;
    const facts = { email: someEmail('customer'), full_name: 'Edie Larkspur', phone: '555-0101' };
    const id = (await admin.post('/customers', facts)).body.id as number;
    const { qbo_customer_id: there } = (await admin.post(`/qbo/sync/customer/${id}`)).body;
    await books.control.editCustomer(realmId, there as string, {
      PrimaryPhone: { FreeFormNumber: '555-0102' },
    });
    await admin.patch(`/customers/${id}`, { phone: '555-0103' });
    await admin.post(`/qbo/sync/customer/${id}`);
    const asked = async () => (await admin.get(`/inbox?customer_id=${id}`)).body.items as Json[];
    expect(await asked()).toMatchObject([
      { code: 'customer_drift', reason: expect.stringContaining('555-0102') },
    ]);
    expect((await admin.post(`/customers/${id}/erase`)).status).toBe(200);
    expect(await asked()).toEqual([]);
    const kept = await books.database.query(
      `select i.reason, e.reason as told from inbox_items i join inbox_events e on e.item_id = i.id
        where i.org_id = $1 and i.customer_id = $2`,
      [orgId, id],
    );
    expect(JSON.stringify(kept)).not.toMatch(/Larkspur|555-010/);
  });

  it('is erased, and what a poll notes at that moment of a document is not lost', async () => {
    const { orgId } = contractor;
    const facts = { name: 'Roof', customerName: 'Ella Ruiz', email: someEmail('customer') };
    const id = await aDraft(admin, facts);
    const ella = (await admin.get(`/proposals/${id}`)).body.customer_id as number;
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                                    next_attempt_at, qbo_id, proposal_id)
       values ($1, 'before', 'refund.create', 1000001, 1, 'ref-ella', '{"privateNote": "For Ella Ruiz"}', 'done',
               now(), '4713', $2)`,
      [orgId, id],
    );
    const ofHers = `org_id = $1 and kind = 'refund.create' and proposal_id = $2`;
    const [noted, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const noting = inOrganisation(orgId, () =>
      books.app.app.get(DataSource).transaction(async (tx) => {
        const note = `update sync_operations set payload = payload || '{"removed": true}' where ${ofHers}`;
        await tx.query(note, [orgId, id]);
        noted.resolve();
        await over.promise;
      }),
    );
    await noted.promise;
    const erasing = admin.post(`/customers/${ella}/erase`);
    await untilBlocked(books.database, erasing);
    over.resolve();
    await noting;
    expect((await erasing).status).toBe(200);
    const kept = `select payload from sync_operations where ${ofHers}`;
    expect(await books.database.query(kept, [orgId, id])).toEqual([
      { payload: { privateNote: 'For the customer', removed: true } },
    ]);
  });

  it('is erased everywhere but where it is said to be kept; figures and documents stay', async () => {
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: '2026-03-02' });
    await books.database.query(
      `update invoices set balance_cents = 0, state = 'paid' where org_id = $1 and proposal_id = $2`,
      [contractor.orgId, proposalId],
    );
    await eventually(async () => {
      const [row] = await books.database.query<{ count: number }>(
        `select count(*)::int as count from sync_operations where state not in ('done', 'refused')`,
      );
      if (row!.count > 0) throw new Error('QuickBooks is not done yet');
    });
    const texts = [NAME, EMAIL, PHONE, PLACE, BROWSER, 'Featherstonehaugh'];
    expect(await tablesWith(...texts)).toEqual(
      expect.arrayContaining([
        'customers',
        'leads',
        'proposal_approvals',
        'inbox_items',
        'refunds',
        'sync_operations',
      ]),
    );
    const before = (await admin.get(`/proposals/${proposalId}`)).body;
    // Its last day is known beforehand.
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: daysFromNow(20) });
    expect(await admin.post(`/customers/${customerId}/erase`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining(`the contract of proposal ${proposalId} is not completed`) },
    });
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: '2026-03-02' });
    await leaveOut(admin, proposalId);

    const answer = await admin.post(`/customers/${customerId}/erase`);
    expect([answer.status, answer.body.customer_id]).toEqual([200, customerId]);
    expect(answer.body.next_steps[0]).toContain(`of the QuickBooks company ${contractor.realmId}`);
    expect(answer.body.kept).toContainEqual({
      what: 'entries of the audit log',
      because: 'who did what; nobody can change an entry, not even for this',
    });
    const left = await tablesWith(...texts);
    expect(left.filter((table) => PERSONAL_DATA[table]?.holds !== 'kept')).toEqual([]);

    expect((await admin.get(`/customers/${customerId}`)).body).toMatchObject({
      email: `erased-${customerId}@erased.invalid`,
      full_name: `Erased customer ${customerId}`,
      phone: null,
      is_active: false,
    });
    const after = (await admin.get(`/proposals/${proposalId}`)).body;
    expect(after).toMatchObject({
      name: `Proposal ${proposalId}`,
      customer_name: `Erased customer ${customerId}`, // in lists and reports, too: no address that is none
      amount_cents: before.amount_cents,
      qbo_invoice_id: before.qbo_invoice_id,
      deposit_paid_cents: before.deposit_paid_cents,
      lines: before.lines,
    });
    const again = await admin.post(`/customers/${customerId}/erase`);
    expect([again.status, again.body]).toEqual([200, answer.body]);
  });

  it('does not come in anew by a page on which somebody could sign', async () => {
    const gone = { status: 409, body: { code: 'customer_erased' } };
    const lines = [{ description: 'Skylight', quantity: 1, unit_price_cents: 90_000 }];
    const change = await admin.post(`/proposals/${proposalId}/change-orders`, {
      description: 'Skylight',
      lines,
    });
    expect(change.status).toBe(201);
    expect(await admin.post(`/portal/links/${proposalId}`)).toMatchObject(gone);
    // Nor does what nobody could ever invoice become part of the contract.
    const route = `/proposals/${proposalId}/change-orders/${change.body.number as number}`;
    expect(await admin.post(`${route}/approve`, { reason: 'By phone' })).toMatchObject(gone);
    expect(await admin.post(`${route}/void`)).toMatchObject({ status: 200, body: { state: 'void' } });
    const anew = { name: 'Roof', customer_id: customerId, lines };
    expect(await admin.post('/proposals', anew)).toMatchObject({
      ...gone,
      body: { detail: `The personal data of customer ${customerId} was erased. Add a new customer instead.` },
    });
  });

  it('does not come in anew by leads and drafts: they are of nobody any more, or of another customer', async () => {
    const gone = { status: 409, body: { code: 'customer_erased' } };
    const add = async (): Promise<number> =>
      (await admin.post('/customers', { email: someEmail('customer'), full_name: 'Cleo Ruiz' })).body.id;
    const id = await add();
    const lead = (await admin.post('/leads', { name: 'Leak at Ruiz', customer_id: id })).body.id as number;
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 100_000 }];
    const drafted = await admin.post('/proposals', { name: 'Roof of Ruiz', customer_id: id, lines });
    const draft = drafted.body.id as number;
    expect((await admin.post(`/customers/${id}/erase`)).status).toBe(200);

    const contact = { email: 'cleo@example.com', phone: '555-0142' };
    expect(await admin.post('/leads', { name: 'Leak', customer_id: id, ...contact })).toMatchObject(gone);
    expect(await admin.patch(`/leads/${lead}`, contact)).toMatchObject(gone);
    expect(await admin.patch(`/leads/${draft}`, { notes: 'Ask for Cleo Ruiz' })).toMatchObject(gone);
    const site_address = { line1: '412 Aspen Way' };
    for (const facts of [{ name: 'Roof of Cleo Ruiz' }, { site_address }, { lines }])
      expect(await admin.patch(`/proposals/${draft}`, facts)).toMatchObject(gone);
    expect(await admin.post(`/proposals/${draft}/approve`)).toMatchObject(gone);

    // Negative control: what goes on without the customer.
    expect((await admin.patch(`/leads/${lead}`, { notes: null, customer_id: null })).status).toBe(200);
    expect((await admin.patch(`/leads/${lead}`, contact)).status).toBe(200);
    const other = await add();
    expect((await admin.patch(`/proposals/${draft}`, { customer_id: other, site_address })).status).toBe(200);
    expect((await admin.post(`/proposals/${draft}/approve`)).status).toBe(200);
    const again = await admin.post('/leads', { name: 'Leak', customer_id: other });
    expect((await admin.patch(`/leads/${again.body.id as number}`, { status: 'cancelled' })).status).toBe(
      200,
    );
  });

  it('does not come back: not by a person, and not by QuickBooks', async () => {
    const changed = await admin.patch(`/customers/${customerId}`, { full_name: NAME });
    expect(changed).toMatchObject({ status: 409, body: { code: 'customer_erased' } });
    const synced = await admin.post(`/qbo/sync/customer/${customerId}`);
    expect(synced.body).toMatchObject({ ok: false, result: 'skipped' });
    expect((await admin.get(`/customers/${customerId}`)).body.full_name).toBe(
      `Erased customer ${customerId}`,
    );
  });

  it('does not come back with what Stripe says later, of a refund', async () => {
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items as { id: number }[];
    const refunded = await admin.post(`/payments/${payment!.id}/refund`, {
      amount_cents: 500,
      reason: 'Agreed',
    });
    expect(refunded.status).toBe(200);
    const states = (): Promise<{ type: string; state: string }[]> =>
      books.database.query(
        `select type, state from stripe_events where type like '%refund%' order by received_at`,
      );
    await eventually(async () => {
      const events = await states();
      if (events.length === 0 || events.some(({ state }) => state === 'pending'))
        throw new Error('not heard');
    });
    expect(await tablesWith(NAME, EMAIL)).not.toContain('stripe_events');
  });
});

describe('The personal data of a customer of whom nothing gets to QuickBooks any more', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const operationsOf = (orgId: number) =>
    books.database.query<{ kind: string; state: string; why: string | null }>(
      'select kind, state, error_kind as why from sync_operations where org_id = $1 order by id',
      [orgId],
    );

  /** A paid and completed job, of which nothing is asked any more. */
  async function aClosedJob(admin: Contractor['admin'], orgId: number): Promise<[number, number]> {
    const proposalId = await aDraft(admin, { name: 'Roof', customerName: NAME, email: EMAIL });
    await admin.post(`/proposals/${proposalId}/approve`);
    await payDeposit(books, admin, proposalId);
    await eventually(async () => {
      const [row] = await books.database.query<{ count: number }>(
        'select count(*)::int as count from payments where org_id = $1 and proposal_id = $2',
        [orgId, proposalId],
      );
      if (row!.count === 0) throw new Error('not paid yet');
    });
    await idle(books, { orgId });
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: '2026-03-02' });
    await leaveOut(admin, proposalId);
    const customerId = (await admin.get(`/proposals/${proposalId}`)).body.customer_id as number;
    return [customerId, proposalId];
  }

  it('is erased where QuickBooks was never connected: what waits for it is cancelled', async () => {
    const org = await createOrg(books.app, 'Paper Roofing');
    const [customerId, proposalId] = await aClosedJob(org.admin, org.orgId);
    await eventually(async () => {
      const operations = await operationsOf(org.orgId);
      if (operations.length === 0) throw new Error('nothing waits yet');
    });
    const waiting = await operationsOf(org.orgId);
    expect(new Set(waiting.map(({ state }) => state))).toEqual(new Set(['waiting']));
    expect(await org.admin.post(`/customers/${customerId}/erase`)).toMatchObject({ status: 200 });
    const after = await operationsOf(org.orgId);
    expect(after).toEqual(waiting.map(({ kind }) => ({ kind, state: 'refused', why: 'customer_erased' })));
    expect((await org.admin.get(`/proposals/${proposalId}/why`)).body.answer).toContain('was erased');
  });

  it('is erased although an attempt that a later one replaced was never ended', async () => {
    const [customerId, proposalId] = await aClosedJob(contractor.admin, contractor.orgId);
    const subject = [contractor.orgId, proposalId];
    await eventually(async () => {
      const states = (await operationsOf(contractor.orgId)).map(({ kind, state }) => `${kind} ${state}`);
      if (!states.includes('invoice.create done')) throw new Error('not invoiced yet');
      if (states.some((one) => !one.endsWith('done'))) throw new Error('QuickBooks is not done yet');
    });
    await books.database.query(
      `update invoices set balance_cents = 0, state = 'paid' where org_id = $1 and proposal_id = $2`,
      subject,
    );
    await books.database.query(
      `update sync_operations set state = 'needs_person'
        where org_id = $1 and proposal_id = $2 and kind = 'invoice.create'`,
      subject,
    );
    const erase = () => contractor.admin.post(`/customers/${customerId}/erase`);
    expect(await erase()).toMatchObject({ status: 409, body: { code: 'customer_in_use' } });
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
              next_attempt_at, qbo_id, proposal_id)
       select org_id, realm_id, kind, entity_id, generation + 1, request_id || '-2', payload, 'done',
              next_attempt_at, '4711', proposal_id
         from sync_operations where org_id = $1 and proposal_id = $2 and kind = 'invoice.create'`,
      subject,
    );
    expect(await erase()).toMatchObject({ status: 200 });
  });

  it("is not erased while the customer's bank is paying, however long ago the payment page ended", async () => {
    const org = await createOrg(books.app, 'Debit Roofing');
    const [customerId, proposalId] = await aClosedJob(org.admin, org.orgId);
    const mark = (status: string) =>
      books.database.query(
        `update checkout_sessions set status = $2, expires_at = now() - interval '2 days' where org_id = $1`,
        [org.orgId, status],
      );
    await mark('pending');
    const erase = () => org.admin.post(`/customers/${customerId}/erase`);
    const refused = await erase();
    expect([refused.status, refused.body.code]).toEqual([409, 'customer_in_use']);
    expect(refused.body.detail).toContain(`a payment of proposal ${proposalId} is on its way`);
    await mark('failed');
    expect(await erase()).toMatchObject({ status: 200 });
  });

  it('is not erased while its record in one currency may be on its way, though one in another is there', async () => {
    const { orgId, realmId } = contractor;
    const made = await contractor.admin.post('/customers', {
      email: EMAIL.replace('.f', '.g'),
      full_name: NAME,
    });
    const customerId = made.body.id as number;
    const insert = (generation: number, currency: string, state: string) =>
      books.database.query(
        `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                first_sent_at, next_attempt_at, qbo_id)
         values ($1, $2, 'customer.currency', $3::int, $4::int, 'cur-' || $3 || '-' || $4,
                 jsonb_build_object('displayName', 'W (' || $5::text || ')', 'currency', $5::text), $6, now(),
                 now() + interval '1 day', '4712')`,
        [orgId, realmId, customerId, generation, currency, state],
      );
    await insert(1, 'EUR', 'uncertain');
    await insert(2, 'GBP', 'done');
    const erase = () => contractor.admin.post(`/customers/${customerId}/erase`);
    const refused = await erase();
    expect([refused.status, refused.body.code]).toEqual([409, 'customer_in_use']);
    expect(refused.body.detail).toContain('on its way to QuickBooks (customer.currency)');
    await insert(3, 'EUR', 'done');
    expect(await erase()).toMatchObject({ status: 200 });
  });

  it('is erased though a product of its job is in doubt for good, which nobody is asked about', async () => {
    const org = await createOrg(books.app, 'Lumber Roofing');
    const [customerId, proposalId] = await aClosedJob(org.admin, org.orgId);
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, proposal_id, generation, request_id, payload,
              state, first_sent_at, next_attempt_at)
       values ($1, $2, 'item.create', $1, $3, 7, 'item-doubt', '{"name":"Lumber","incomeAccountId":"79"}',
               'needs_person', now(), now() + interval '1 day')`,
      [org.orgId, '4711', proposalId],
    );
    expect(await org.admin.post(`/customers/${customerId}/erase`)).toMatchObject({ status: 200 });
  });

  it('leaves no payer in an event that failed or waits, which can be tried again all the same', async () => {
    const org = await createOrg(books.app, 'Failing Roofing');
    const [customerId, proposalId] = await aClosedJob(org.admin, org.orgId);
    const object = {
      id: 'cs_of_another_account',
      metadata: { org_id: String(org.orgId), proposal_id: String(proposalId) },
      customer_details: { name: NAME, email: EMAIL },
      customer_email: EMAIL,
      amount_total: 300_000,
    };
    const insert = (id: string, state: string, metadata: object) =>
      books.database.query(
        `insert into stripe_events (event_id, type, received_at, body, content_hash, state, wake_at, processed_at)
         values ($1, 'checkout.session.completed', now(), $2, $1, $3, now() + interval '1 day',
                 case when $3 = 'failed' then now() end)`,
        [id, JSON.stringify({ id, data: { object: { ...object, metadata } } }), state],
      );
    await insert('evt_failed', 'failed', object.metadata);
    await insert('evt_pending', 'pending', object.metadata);
    await insert('evt_of_another', 'failed', { ...object.metadata, org_id: String(contractor.orgId) });
    expect(await org.admin.post(`/customers/${customerId}/erase`)).toMatchObject({ status: 200 });
    const events = await books.database.query<{ id: string; body: { data: { object: object } } }>(
      `select event_id as id, body from stripe_events where event_id in ('evt_failed', 'evt_pending', 'evt_of_another')
        order by event_id`,
    );
    const left = { id: object.id, metadata: object.metadata, amount_total: object.amount_total };
    expect(events.map(({ id, body }) => [id, body.data.object])).toEqual([
      ['evt_failed', left],
      ['evt_of_another', expect.objectContaining({ customer_email: EMAIL })],
      ['evt_pending', left],
    ]);
  });
});

describe('The personal data of a person who left', () => {
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe();
  });

  afterAll(() => books[Symbol.asyncDispose]());

  it('is erased once they cannot sign in, and what they did stays', async () => {
    const org = await createOrg(books.app, 'Acme Roofing');
    const email = someEmail('sue');
    const { body: sue } = await org.admin.post('/users', {
      email,
      full_name: 'Susanna Quillfeather',
      password: PASSWORD,
      roles: ['sales'],
    });
    const active = await org.admin.post(`/users/${sue.id}/erase`);
    expect(active).toMatchObject({ status: 409, body: { code: 'user_active' } });
    await org.admin.patch(`/users/${sue.id}`, { is_active: false });
    const erased = await org.admin.post(`/users/${sue.id}/erase`);
    expect(erased).toMatchObject({
      status: 200,
      body: { full_name: 'Former person', email: `erased-${sue.id}@erased.invalid`, is_active: false },
    });
    const other = await createOrg(books.app, 'Other Roofing');
    expect((await other.admin.post(`/users/${sue.id}/erase`)).status).toBe(404);
    const again = { email, full_name: 'Susanna Quillfeather', password: PASSWORD, roles: ['sales'] };
    expect((await org.admin.post('/users', again)).status).toBe(201);
  });
});
