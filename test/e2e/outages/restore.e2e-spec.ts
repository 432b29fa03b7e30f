import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MissedEventsService } from '../../../src/payments/stripe-webhooks/missed-events.service.js';
import { Clock } from '../../../src/platform/time/clock.js';
import { reconcileRestore } from '../../../src/restore/reconcile-restore.js';
import type { Reconciled } from '../../../src/restore/restore.repository.js';
import { startApp, type TestApp } from '../../support/app.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { copyDatabase, type TestDatabase } from '../../support/database.js';
import { startDatabaseProxy } from '../../support/database-proxy.js';
import { eventually } from '../../support/eventually.js';
import { openItem, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { createOrg, Person } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../../support/stripe.js';

/** The bookkeeper's, who dates what the CRM made otherwise, and puts it on a customer of theirs. */
const OTHER_DAY = '2026-01-15';
const OTHER_CUSTOMER = '1';

/** Real time, and as many minutes on top as have been let pass. */
class LaterClock extends Clock {
  minutes = 0;

  override now(): Date {
    return new Date(Date.now() + this.minutes * 60_000);
  }
}

/**
 * A day in the life of an installation whose database is lost: a backup is taken, life goes on, the backup is restored
 * and brought in step by the runbook, and what happened at Stripe is fetched from its list.
 */
describe('After restoring an old backup', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let backup: TestDatabase;
  let app: TestApp;
  const clock = new LaterClock();
  /** Proposals: refunded after the backup; uncertain in the backup and made after it; made after the backup. */
  let refunded: number;
  let uncertain: number;
  let younger: number;
  let reconciled: Reconciled;
  /** Approved in the backup: its deposit is paid after it; billed in full after it. */
  let paidAfter: number;
  /** Approved in the backup: billed by hand after it, and paid while the restored one is not connected. */
  let waiting: number;
  /** Approved in the backup: billed after it, and credited for what was then left out. */
  let credited: number;
  /** Its deposit is paid after the backup, too; the bookkeeper gives the payment another day and takes it off. */
  let takenOff: number;
  /** Approved in the backup: billed after it, and its invoice put on another customer. */
  let reassigned: number;
  /** Paid before the backup, in which its payment waits to be recorded; recorded after it. */
  let recordedAfter: number;
  /** Approved in the backup: its payment page is opened after it, and paid. */
  let paidOnLostPage: number;
  /** Approved in the backup: its bank is about to pay by a page of after it. */
  let pendingOnLostPage: number;
  let pendingPage: string;
  let billedOn: string;
  /** Its payment page of after the restore, before anybody heard that it is paid. */
  let openedAfterRestore: string;
  /** Its first company is connected after the backup: a deposit is paid before that, and another invoice made then. */
  let late: Contractor;
  let [paidBefore, billedThen]: [number, number] = [0, 0];

  const start = async (database: TestDatabase): Promise<TestApp> => {
    const keys = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET: STRIPE_SECRET };
    const env = { ...keys, QBO_RECORD_PAYMENTS: 'true', QBO_REQUEST_TIMEOUT_MS: '5000', ...books.qbo.env };
    const started = await startApp({ databaseUrl: database.url, env, clock });
    await books.stripe.configure({ webhook_url: `${started.url}/payments/webhook` });
    return started;
  };
  const at = ({ url }: TestApp, one = contractor): Contractor => {
    const { token, userId, email } = one.admin;
    return { ...one, admin: new Person(url, token!, userId, one.orgId, email) };
  };
  /** The operation of an invoice that is linked stands as one that still waits for a connection, of no company yet. */
  const parkLinked = () =>
    backup.query(
      `update sync_operations o
          set state = 'waiting', realm_id = null, qbo_id = null, first_sent_at = null, next_attempt_at = now()
         from invoices i
        where i.org_id = o.org_id and i.id = o.entity_id and o.kind = 'invoice.create'
          and i.proposal_id = $1 and i.kind = 'deposit'`,
      [refunded],
    );
  /** The payment that is in the books by now stands as one that has not been sent. */
  const parkPayment = () =>
    backup.query(
      `update sync_operations
          set state = 'waiting', realm_id = null, qbo_id = null, first_sent_at = null, next_attempt_at = now(),
              payload = payload - 'draft'
        where kind = 'payment.create' and proposal_id = $1`,
      [recordedAfter],
    );
  const openInvoices = () =>
    backup.query(`select id from sync_operations where kind = 'invoice.create' and state not in ('done')`);
  const invoiceOperation = async (proposalId: number) => {
    const [operation] = await backup.query<{ state: string; realmId: string | null }>(
      `select o.state, o.realm_id as "realmId"
         from sync_operations o join invoices i on i.org_id = o.org_id and i.id = o.entity_id
        where o.kind = 'invoice.create' and i.proposal_id = $1`,
      [proposalId],
    );
    return operation;
  };
  /** A progress payment of 40 percent, scheduled and billed. */
  const bill = async ({ admin }: Contractor, proposalId: number): Promise<void> => {
    const entries = [{ kind: 'progress', percent: 40 }];
    expect((await admin.put(`/proposals/${proposalId}/contract/schedule`, { entries })).status).toBe(200);
    expect((await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`)).status).toBe(200);
  };
  /** Everything is billed, then something is left out: what was billed for it is credited. */
  const billAndCredit = async (life: Contractor, proposalId: number): Promise<void> => {
    expect((await life.admin.post(`/proposals/${proposalId}/contract/entries/1/bill`)).status).toBe(200);
    await bill(life, proposalId);
    expect((await life.admin.post(`/proposals/${proposalId}/contract/entries/3/bill`)).status).toBe(200);
    const lines = [{ description: 'No garage', quantity: 1, unit_price_cents: -60_000 }];
    const changes = `/proposals/${proposalId}/change-orders`;
    const { body } = await life.admin.post(changes, { description: 'No garage', lines });
    const approve = `${changes}/${body.number as number}/approve`;
    expect((await life.admin.post(approve, { reason: 'Agreed on site' })).status).toBe(200);
  };
  /** A part of money that is on account is given back, and a person wants a receipt of it all the same. */
  const refundOnAccount = async ({ admin }: Contractor, proposalId: number): Promise<void> => {
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items;
    const path = `/payments/${payment.id}/refund`;
    expect((await admin.post(path, { amount_cents: 300, reason: 'Goodwill' })).status).toBe(200);
    const item = await openItem(admin, 'refund_on_account');
    expect((await admin.post(`/inbox/${item.id}/retry`)).status).toBe(200);
    expect(await receipts()).toHaveLength(2);
  };
  const creditMemo = async ({ admin }: Contractor, proposalId: number) =>
    (await admin.get(`/proposals/${proposalId}/contract`)).body.change_orders[0].credit_memo;
  const creditMemos = async () =>
    (await books.control.records(contractor.realmId, 'CreditMemo')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );
  const receipts = () => books.control.records(contractor.realmId, 'RefundReceipt');
  const payments = () => books.control.records(contractor.realmId, 'Payment');
  const invoices = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );

  // oxlint-disable vitest/no-standalone-expect -- the story before the restore is the fixture
  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
    refunded = await anApprovedProposal(contractor);
    const { paymentIntentId } = await payDeposit(books, contractor.admin, refunded);
    await eventually(async () =>
      expect((await contractor.admin.get(`/proposals/${refunded}`)).body.qbo_status).toBe('Paid'),
    );
    recordedAfter = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, recordedAfter);
    await eventually(async () =>
      expect((await contractor.admin.get(`/proposals/${recordedAfter}`)).body.qbo_status).toBe('Paid'),
    );
    uncertain = await anApprovedProposal(contractor);
    await books.control.planFault({ operation: 'invoice.create', kind: 'timeout', when: 'after' });
    await books.control.planFault({ operation: 'invoice.query', kind: '500', times: 20 });
    expect((await contractor.admin.post(`/qbo/invoice/${uncertain}`)).status).toBe(202);
    await books.control.clearFaults();
    paidAfter = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(contractor.admin, paidAfter);
    takenOff = await anApprovedProposal(contractor);
    const { session_id: paidAndTakenOff } = await openCheckout(contractor.admin, takenOff);
    waiting = await anApprovedProposal(contractor);
    const { session_id: paidWhileClosed } = await openCheckout(contractor.admin, waiting);
    credited = await anApprovedProposal(contractor);
    reassigned = await anApprovedProposal(contractor);
    paidOnLostPage = await anApprovedProposal(contractor);
    pendingOnLostPage = await anApprovedProposal(contractor);
    late = { ...(await createOrg(books.app, 'Late Roofing')), realmId: '' };
    paidBefore = await anApprovedProposal(late);
    billedThen = await anApprovedProposal(late);
    await books.app[Symbol.asyncDispose]();
    backup = await copyDatabase(books.database);

    // Life goes on: the doubt is settled, a part is given back, another proposal is invoiced.
    const lost = await start(books.database);
    const life = at(lost);
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 5_000 });
    await eventually(async () => expect(await receipts()).toHaveLength(1));
    await books.stripe.act('pay', { session });
    await eventually(async () =>
      expect((await life.admin.get(`/proposals/${paidAfter}`)).body.qbo_status).toBe('Paid'),
    );
    const others = (await payments()).map(({ Id }) => Id);
    await books.stripe.act('pay', { session: paidAndTakenOff });
    await eventually(async () =>
      expect((await life.admin.get(`/proposals/${takenOff}`)).body.qbo_status).toBe('Paid'),
    );
    const [taken] = (await payments()).filter(({ Id }) => !others.includes(Id));
    await books.control.editPayment(contractor.realmId, taken!.Id, { TxnDate: OTHER_DAY });
    await books.control.unapplyPayment(contractor.realmId, taken!.Id);
    const CustomerRef = { value: OTHER_CUSTOMER };
    await books.control.editPayment(contractor.realmId, taken!.Id, { CustomerRef });
    const [{ Id, SyncToken }] = (await receipts()) as [{ Id: string; SyncToken: string }];
    const edit = { Id, SyncToken, sparse: true, TxnDate: OTHER_DAY, CustomerRef };
    await askCompany({ ...books, app: lost }, contractor, 'refundreceipt?operation=update', edit);
    await refundOnAccount(life, takenOff);
    expect((await life.admin.post(`/qbo/invoice/${reassigned}`)).status).toBe(200);
    const moved = (await invoices()).find(({ DocNumber }) => DocNumber === `CRM-${reassigned}`);
    await books.control.editInvoice(contractor.realmId, moved!.Id, { CustomerRef });
    for (const proposalId of [paidOnLostPage, await anApprovedProposal(life)])
      await payDeposit({ ...books, app: lost }, life.admin, proposalId);
    pendingPage = (await openCheckout(life.admin, pendingOnLostPage)).session_id;
    await books.stripe.act('pay', { session: pendingPage, how: 'bank' });
    const { admin } = at(lost, late);
    await payDeposit({ ...books, app: lost }, admin, paidBefore);
    const company = await books.control.createCompany({ name: 'Late Roofing', fixtures: 'sales' });
    late = { ...late, realmId: company.realm_id };
    await connect(lost, admin, { realmId: late.realmId });
    expect((await admin.post(`/qbo/invoice/${billedThen}`)).body).toMatchObject({ status: 'created' });
    await bill(life, refunded);
    const billed = (await invoices()).find(({ DocNumber }) => DocNumber === `CRM-${refunded}-P1`)!;
    billedOn = billed.TxnDate as string;
    await books.control.editInvoice(contractor.realmId, billed.Id, { TxnDate: OTHER_DAY });
    await billAndCredit(life, credited);
    await eventually(async () => expect(await creditMemos()).toMatchObject([{ TotalAmt: 600, Balance: 0 }]));
    expect((await life.admin.post(`/qbo/invoice/${waiting}`)).status).toBe(200);
    younger = await anApprovedProposal(life);
    expect((await life.admin.post(`/qbo/invoice/${younger}`)).status).toBe(200);
    await lost[Symbol.asyncDispose]();

    await parkLinked();
    await parkPayment();
    reconciled = await reconcileRestore(backup.url, younger);
    app = await start(backup);
    await books.stripe.act('pay', { session: paidWhileClosed });
    await eventually(async () =>
      expect(await invoiceOperation(waiting)).toEqual({ state: 'waiting', realmId: null }),
    );
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await backup[Symbol.asyncDispose]();
    await books.qbo[Symbol.asyncDispose]();
    await books.database[Symbol.asyncDispose]();
  });

  it('nothing is sent before the company is connected again', async () => {
    const { admin } = at(app);
    expect((await admin.get('/qbo/status')).body).toMatchObject({ connected: false, needs_reauth: true });
  });

  it('an operation whose invoice was linked by hand ends', async () => {
    const invoiceIds = new Map((await invoices()).map((one) => [one.DocNumber, one.Id]));
    for (const proposalId of [uncertain, waiting]) {
      const values = [proposalId, invoiceIds.get(`CRM-${proposalId}`)];
      await backup.query('update leads set qbo_invoice_id = $2 where id = $1', values);
    }
    await connect(app, at(app).admin, { realmId: contractor.realmId });
    await eventually(async () => expect(await openInvoices()).toEqual([]));
    const { body } = await at(app).admin.get(`/proposals/${uncertain}`);
    expect(body.qbo_invoice_id).toBe(invoiceIds.get(`CRM-${uncertain}`));
    openedAfterRestore = (await openCheckout(at(app).admin, paidOnLostPage)).session_id;
  });

  it('one that waited for a connection when its invoice was linked ends, too', async () => {
    expect(reconciled.operationsDone).toBe(1);
    expect(await openInvoices()).toEqual([]);
  });

  it('one that began to wait after the restore ends in the company of the link, and is paid there', async () => {
    expect(await invoiceOperation(waiting)).toEqual({ state: 'done', realmId: contractor.realmId });
    await eventually(async () =>
      expect((await at(app).admin.get(`/proposals/${waiting}`)).body.qbo_status).toBe('Paid'),
    );
    expect((await invoices()).filter((one) => one.DocNumber === `CRM-${waiting}`)).toMatchObject([
      { Balance: 0 },
    ]);
  });

  it('a refund that is in the books already is recognised, not made a second time', async () => {
    clock.minutes = 3;
    expect(await app.app.get(MissedEventsService).fetch()).toBeGreaterThan(0);
    await eventually(async () => {
      const [refund] = await backup.query(
        `select qbo_id as "qboId" from sync_operations
          where kind = 'refund.create' and state = 'done' and proposal_id = $1`,
        [refunded],
      );
      expect(refund).toEqual({ qboId: (await receipts())[0]!.Id });
    });
    const other = { CustomerRef: { value: OTHER_CUSTOMER } };
    expect(await receipts()).toMatchObject([{ TxnDate: OTHER_DAY, ...other }, other]);
  });

  it('money that came by a page of after the backup is asked about, and its customer not called in order', async () => {
    const { admin } = at(app);
    await eventually(async () => {
      const items = await openItems(at(app).admin, 'payment_unknown');
      expect(items).toHaveLength(3);
      const reasonOf = (proposalId: number | null) =>
        items.find(({ proposal_id }: { proposal_id: number | null }) => proposal_id === proposalId)?.reason;
      expect(reasonOf(paidOnLostPage)).toMatch(
        /^Stripe has the deposit of \$[\d,.]+ of .+ for proposal \d+.+\(pi_\w+\)/,
      );
      expect(reasonOf(null)).toBeDefined();
    });
    const { body } = await admin.get(`/proposals/${paidOnLostPage}/why`);
    expect(body.answer).toContain('a person has to decide: Stripe has the deposit of');
  });

  it('so is what a bank is about to pay by such a page, which is not asked for again until it refuses', async () => {
    const { admin } = at(app);
    const asked = async () =>
      (await openItems(admin, 'payment_unknown')).filter((one) => one.proposal_id === pendingOnLostPage);
    const checkout = () => admin.post('/payments/checkout_session', { proposal_id: pendingOnLostPage });
    expect(await asked()).toMatchObject([
      {
        reason: expect.stringContaining('bank is about to pay the deposit'),
        next_step: expect.stringContaining('Wait'),
      },
    ]);
    expect((await checkout()).body).toMatchObject({ code: 'payment_unknown' });
    await books.stripe.act('settle', { session: pendingPage, outcome: 'failed' });
    await eventually(async () => expect(await asked()).toEqual([]));
    expect((await checkout()).status).toBe(200);
  });

  it('that money is not asked for again: the open page ends, and the next waits for the person', async () => {
    const { admin } = at(app);
    const ended = await backup.query(
      `select status, error from checkout_sessions where proposal_id = $1 and stripe_session_id = $2`,
      [paidOnLostPage, openedAfterRestore],
    );
    expect(ended).toEqual([{ status: 'expired', error: 'payment_unknown' }]);
    const refused = await admin.post('/payments/checkout_session', { proposal_id: paidOnLostPage });
    expect([refused.status, refused.body.code]).toEqual([409, 'payment_unknown']);
    expect(refused.body.detail).toContain('has to see what became of it');
    const { path } = await aLink(admin, paidOnLostPage);
    const { html } = await openPage(app, path);
    expect(html).toContain('We are looking for a payment of yours');
    expect(html).not.toContain(`${path}/pay`);
    for (const { id } of await openItems(at(app).admin, 'payment_unknown'))
      expect((await admin.post(`/inbox/${id}/resolve`)).status).toBe(200);
    expect((await admin.post('/payments/checkout_session', { proposal_id: paidOnLostPage })).status).toBe(
      200,
    );
    expect((await openPage(app, path)).html).toContain(`${path}/pay`);
  });

  it('so is that of one without a company in the backup, whose invoice of since is not made again', async () => {
    const { admin } = at(app, late);
    await eventually(async () => {
      const items = await openItems(admin, 'payment_unknown');
      expect(items).toMatchObject([{ proposal_id: paidBefore }]);
    });
    await connect(app, admin, { realmId: late.realmId });
    const { body } = await admin.post(`/qbo/invoice/${billedThen}`);
    const there = await books.control.records(late.realmId, 'Invoice');
    const ours = there.filter(({ DocNumber }) => DocNumber === `CRM-${billedThen}`);
    expect(ours).toMatchObject([{ Id: body.qbo_invoice_id }]);
  });

  it('nor is a payment that has another day and customer by now, and is off its invoice', async () => {
    await eventually(async () => {
      const operations = await backup.query<{ state: string; qboId: string }>(
        `select state, qbo_id as "qboId" from sync_operations where kind = 'payment.create' and proposal_id = $1`,
        [takenOff],
      );
      const [made] = (await payments()).filter(({ TxnDate }) => TxnDate === OTHER_DAY);
      expect(operations).toEqual([{ state: 'done', qboId: made!.Id }]);
    });
    const notes = JSON.stringify(await payments()).match(/Stripe pi_\w+/g) ?? [];
    expect(new Set(notes).size).toBe(notes.length);
    const { admin } = at(app);
    const items = await openItems(admin);
    expect(items).toMatchObject([{ code: 'payment_unapplied', proposal_id: takenOff }]);
    expect((await admin.post(`/inbox/${items[0]!.id}/resolve`)).status).toBe(200);
  });

  it('nor is a refund of money on account, of which a person wanted the receipt: nobody is asked again', async () => {
    await eventually(async () => {
      const operations = await backup.query(
        `select state, qbo_id as "qboId" from sync_operations where kind = 'refund.create' and proposal_id = $1`,
        [takenOff],
      );
      expect(operations).toEqual([{ state: 'done', qboId: (await receipts())[1]!.Id }]);
    });
    expect(await openItems(at(app).admin)).toEqual([]);
    expect(await receipts()).toHaveLength(2);
  });

  it('another refund of that payment, over the same amount or another, has a receipt of its own', async () => {
    const { admin } = at(app);
    const [payment] = (await admin.get(`/payments?proposal_id=${refunded}`)).body.items;
    for (const [count, amount_cents] of [
      [3, 5_000],
      [4, 1_200],
    ] as const) {
      const again = { amount_cents, reason: 'Goodwill' };
      expect((await admin.post(`/payments/${payment.id}/refund`, again)).status).toBe(200);
      await eventually(async () => expect(await receipts()).toHaveLength(count));
    }
    expect((await receipts()).slice(2)).toMatchObject([{ TotalAmt: 50 }, { TotalAmt: 12 }]);
    expect(await openItems(admin)).toEqual([]);
  });

  it('a payment that is in the books already is recognised: nobody is asked, and its refund goes by it', async () => {
    const { admin } = at(app);
    const recorded = () =>
      backup.query<{ id: number; qboId: string }>(
        `select p.id, o.qbo_id as "qboId" from payments p
           join sync_operations o on o.org_id = p.org_id and o.kind = 'payment.create' and o.entity_id = p.id
          where p.proposal_id = $1 and o.state = 'done'`,
        [paidAfter],
      );
    await eventually(async () => expect(await recorded()).toHaveLength(1));
    const [payment] = await recorded();
    const made = await books.control.records(contractor.realmId, 'Payment');
    expect(made.map(({ Id }) => Id)).toContain(payment!.qboId);
    expect(await openItems(admin)).toEqual([]);
    expect(
      (await admin.post(`/payments/${payment!.id}/refund`, { amount_cents: 700, reason: 'x' })).status,
    ).toBe(200);
    await eventually(async () => expect(await receipts()).toHaveLength(5));
    expect(await books.control.records(contractor.realmId, 'Payment')).toHaveLength(made.length);
  });

  it('so is one that waited in the backup and was recorded after it, under the same request', async () => {
    await eventually(async () => {
      const operations = await backup.query<{ state: string; qboId: string }>(
        `select state, qbo_id as "qboId" from sync_operations where kind = 'payment.create' and proposal_id = $1`,
        [recordedAfter],
      );
      expect(operations).toEqual([{ state: 'done', qboId: expect.any(String) }]);
    });
    const made = await books.control.records(contractor.realmId, 'Payment');
    const notes = JSON.stringify(made).match(/Stripe pi_\w+/g) ?? [];
    expect(new Set(notes).size).toBe(notes.length);
    expect(await openItems(at(app).admin)).toEqual([]);
  });

  it('an invoice that was billed meanwhile is taken over when it is billed again', async () => {
    await bill(at(app), refunded);
    const { body } = await at(app).admin.get(`/invoices?proposal_id=${refunded}&kind=progress`);
    const ours = (await invoices()).filter((one) => one.DocNumber === `CRM-${refunded}-P1`);
    expect(ours).toHaveLength(1);
    expect(body.items).toMatchObject([{ qbo_invoice_id: ours[0]!.Id, txn_on: OTHER_DAY }]);
  });

  it('the day that it was billed on is no question once a bookkeeper puts it back', async () => {
    const [billed] = (await invoices()).filter((one) => one.DocNumber === `CRM-${refunded}-P1`);
    await books.control.editInvoice(contractor.realmId, billed!.Id, { TxnDate: billedOn });
    await pollCompany({ ...books, app, database: backup }, contractor);
    const { admin } = at(app);
    const { body } = await admin.get(`/invoices?proposal_id=${refunded}&kind=progress`);
    expect(body.items).toMatchObject([{ txn_on: billedOn }]);
    expect(await openItems(admin, 'invoice_drift')).toEqual([]);
  });

  it('one that is on another customer by now is not billed a second time: a person is asked', async () => {
    const { admin } = at(app);
    const asked = await admin.post(`/qbo/invoice/${reassigned}`);
    expect(asked.body.detail).toContain(`QuickBooks has CRM-${reassigned}, which this CRM made before`);
    const ours = (await invoices()).filter((one) => beginsWith(one.DocNumber, `CRM-${reassigned}`));
    expect(ours).toMatchObject([{ CustomerRef: { value: OTHER_CUSTOMER } }]);
    const items = await openItems(admin);
    expect(items).toMatchObject([{ code: 'validation', proposal_id: reassigned }]);
    expect((await admin.post(`/inbox/${items[0]!.id}/dismiss`)).status).toBe(200);
  });

  it('a credit memo that was made meanwhile is taken over when its change is approved again', async () => {
    const made = await creditMemos();
    await billAndCredit(at(app), credited);
    await eventually(async () =>
      expect(await creditMemo(at(app), credited)).toMatchObject({ qbo_credit_memo_id: made[0]!.Id }),
    );
    await idle({ database: backup }, contractor);
    expect(await creditMemos()).toEqual(made);
    const ours = (await invoices()).filter((one) => beginsWith(one.DocNumber, `CRM-${credited}`));
    expect(ours.map((one) => one.DocNumber)).toEqual(['', '-P1', '-F'].map((end) => `CRM-${credited}${end}`));
    expect(await openItems(at(app).admin)).toEqual([]);
  });

  it('a new proposal gets a number that QuickBooks does not know', async () => {
    const customerId = await aCustomer(at(app), { full_name: 'Zoe Quill', phone: '555-7788' });
    const proposalId = await anApprovedProposal(at(app), { customerId });
    expect(proposalId).toBeGreaterThan(younger);
    expect((await at(app).admin.post(`/qbo/invoice/${proposalId}`)).status).toBe(200);
    const numbers = (await invoices()).map((one) => one.DocNumber);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('money of later days is looked for no more before it is recorded, nor what is given back of it', async () => {
    const { admin } = at(app);
    const customerId = await aCustomer(at(app), { phone: '555-0199' });
    const proposalId = await anApprovedProposal(at(app), { customerId });
    await backup.query(`update leads set created_at = created_at - interval '9 days' where id = $1`, [
      proposalId,
    ]);
    await backup.query(`update orgs set restored_at = restored_at - interval '3 days' where id = $1`, [
      contractor.orgId,
    ]);
    const [made, given] = [(await payments()).length, (await receipts()).length];
    await books.control.resetCalls();
    await payDeposit({ ...books, app, database: backup }, admin, proposalId);
    await eventually(async () => expect(await payments()).toHaveLength(made + 1));
    await idle({ database: backup }, contractor);
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items;
    const refund = { amount_cents: 900, reason: 'Goodwill' };
    expect((await admin.post(`/payments/${payment.id}/refund`, refund)).status).toBe(200);
    await eventually(async () => expect(await receipts()).toHaveLength(given + 1));
    const requests = await books.control.requests({ realm_id: contractor.realmId, limit: 300 });
    expect(requests.filter(({ url }) => url.includes('CreateTime'))).toEqual([]);
  });

  it('is not done while a process works with the database', async () => {
    await expect(reconcileRestore(backup.url, 0)).rejects.toThrow(
      /^Stop every process first: \d+ of their .+ A pooler keeps some for minutes/,
    );
  });

  it('is not done through a pooler, behind which nobody can tell whether a process works', async () => {
    await using pooler = await startDatabaseProxy(backup.url, { pooler: true });
    await expect(reconcileRestore(pooler.url, 0)).rejects.toThrow('DATABASE_DIRECT_URL');
  });
});
