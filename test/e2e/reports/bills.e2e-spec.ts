import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { inOrganisation, throughDoor } from '../../../src/platform/database/scope/scope.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../../src/qbo-sync/connection/tokens/token.service.js';
import { MarginFiguresRepository } from '../../../src/qbo-sync/diagnostics/margin-figures.repository.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';
import { createOrg, type Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe("Vendors' bills", () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let customerId: number;
  let qboCustomerId: string;
  let proposalId: number;
  let vendorId: string;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractor = await aContractor(books);
    customerId = await aCustomer(contractor);
    proposalId = await anApprovedProposal(contractor, { customerId });
    qboCustomerId = (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body.qbo_customer_id;
    vendorId = (await books.control.createVendor(contractor.realmId, 'Norton Lumber')).Id;
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  /** Has the bookkeeper enter a document in QuickBooks. */
  const enter = async (entity: string, body: object): Promise<{ Id: string; SyncToken: string }> => {
    const { app } = books.app;
    const token = await inOrganisation(contractor.orgId, async () =>
      app.get(TokenService).accessToken(await app.get(ConnectionService).requireCompany(contractor.orgId)),
    );
    const answer = await fetch(`${books.qbo.url}/v3/company/${contractor.realmId}/${entity}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return Object.values(JSON.parse(text))[0] as { Id: string; SyncToken: string };
  };

  const expenseAccount = async (): Promise<string> =>
    (await books.control.records(contractor.realmId, 'Account')).find(
      ({ AccountType }) => AccountType === 'Cost of Goods Sold' || AccountType === 'Expense',
    )!.Id;

  const line = async (amount: number, forCustomer = false) => ({
    DetailType: 'AccountBasedExpenseLineDetail',
    Amount: amount,
    Description: 'Shingles',
    AccountBasedExpenseLineDetail: {
      AccountRef: { value: await expenseAccount() },
      ...(forCustomer ? { CustomerRef: { value: qboCustomerId } } : {}),
    } as Record<string, { value: string }>,
  });

  const seen = async (query = '') => {
    await books.database.query(`update qbo_document_mirrors set looked_at = now() - interval '2 minutes'`);
    const answer = await contractor.admin.get(`/bills?${query}`);
    expect(answer.status).toBe(200);
    return answer.body.items as Record<string, unknown>[];
  };

  /** March's margin before fees, as a gauge shows it. */
  const marginGauge = async (day = '2026-03-15') => {
    const { app } = books.app;
    const facts = await throughDoor('overview', () =>
      app.get(MarginFiguresRepository).read(app.get(DataSource).manager, new Date(day)),
    );
    return facts.map(({ labels, value }) => ({ currency: labels.currency, margin_cents: value }));
  };
  const expectMargin = async (margin_cents: number): Promise<void> => {
    const { totals } = (await contractor.admin.get('/reports/margin?from=2026-03-01&to=2026-03-31')).body;
    expect(totals).toMatchObject([{ currency: 'USD' }]);
    expect(totals[0].revenue_cents - totals[0].cost_cents).toBe(margin_cents);
    expect(await marginGauge()).toEqual([{ currency: 'USD', margin_cents }]);
  };

  it('are borne by the one contract of the customer on their lines, and lower its margin', async () => {
    const bill = await enter('bill', {
      VendorRef: { value: vendorId },
      DocNumber: 'N-1',
      TxnDate: '2026-03-02',
      DueDate: '2026-04-01',
      Line: [await line(200, true), await line(50)],
    });
    expect(await marginGauge()).toEqual([]); // not known, and not 0
    const [shown] = await seen();
    expect(shown).toMatchObject({
      id: `bill-${bill.Id}`,
      vendor_name: 'Norton Lumber',
      number: 'N-1',
      total_cents: 25_000,
      balance_cents: 25_000,
      state: 'overdue',
      lines: [
        {
          amount_cents: 20_000,
          unallocated_cents: 0,
          allocations: [{ proposal_id: proposalId, state: 'accepted' }],
        },
        { amount_cents: 5_000, unallocated_cents: 5_000, allocations: [] },
      ],
    });
    const margin = (await contractor.admin.get(`/proposals/${proposalId}/margin`)).body;
    expect(margin).toMatchObject({ currency: 'USD', cost_cents: 20_000, fees_cents: 0 });
    const report = (await contractor.admin.get('/reports/margin')).body;
    expect(report.totals).toMatchObject([{ currency: 'USD', cost_cents: 20_000, unallocated_cents: 5_000 }]);
    await expectMargin(-20_000);
  });

  it('are allocated by a person, in parts, never more than a line has', async () => {
    const [{ id }] = (await seen()) as [{ id: string }];
    const { admin } = contractor;
    const allocate = (amount_cents?: number | null) =>
      admin.post(`/bills/${id}/lines/2/allocate`, { proposal_id: proposalId, amount_cents });
    expect((await allocate(null)).body).toMatchObject({ status: 422, errors: [{ field: 'amount_cents' }] });
    expect((await allocate(5_001)).body).toMatchObject({ status: 409, code: 'more_than_is_left' });
    expect((await allocate(3_000)).body.lines[1]).toMatchObject({ unallocated_cents: 2_000 });
    expect((await allocate()).body.lines[1]).toMatchObject({ unallocated_cents: 0 });
    await expectMargin(-25_000);
    expect((await admin.post(`/bills/${id}/lines/2/reject`, {})).body.lines[1]).toMatchObject({
      unallocated_cents: 5_000,
      allocations: [{ proposal_id: proposalId, state: 'rejected' }],
    });
    const log = (await admin.get('/audit?action=bill')).body.items as { action: string; subject: string }[];
    expect(log.map(({ action, subject }) => [action, subject])).toEqual([
      ['bill.rejected', `bill:${id}`],
      ['bill.allocated', `bill:${id}`],
      ['bill.allocated', `bill:${id}`],
    ]);
    const other = await anApprovedProposal(contractor);
    const part = { proposal_id: other, amount_cents: 5_000 };
    expect((await admin.post(`/bills/${id}/lines/1/allocate`, part)).body.lines[0]).toMatchObject({
      unallocated_cents: 0,
      allocations: [
        { proposal_id: other, amount_cents: 5_000 },
        { proposal_id: proposalId, amount_cents: 15_000, basis: 'customer_ref' },
      ],
    });
    await expectMargin(-20_000);
    expect((await admin.post(`/bills/${id}/lines/1/reject`, { proposal_id: null })).status).toBe(422);
    await admin.post(`/bills/${id}/lines/1/reject`, { proposal_id: other });
    for (const deed of ['reject', 'allocate']) {
      const none = await admin.post(`/bills/${id}/lines/9/${deed}`, { proposal_id: other });
      expect(none).toMatchObject({ status: 404, body: { code: 'line_not_found' } });
    }
    expect((await admin.post(`/bills/bill-999999/lines/1/reject`, {})).status).toBe(404);
  });

  it('are lowered by a vendor credit and by money that came back, and gone when they are deleted', async () => {
    const cost = async () => (await contractor.admin.get(`/proposals/${proposalId}/margin`)).body.cost_cents;
    const credit = { VendorRef: { value: vendorId }, TxnDate: '2026-03-05', Line: [await line(30, true)] };
    await enter('vendorcredit', credit);
    const checking = (await books.control.records(contractor.realmId, 'Account')).find(
      ({ AccountType }) => AccountType === 'Bank',
    )!;
    await enter('purchase', {
      PaymentType: 'Cash',
      AccountRef: { value: checking.Id },
      TxnDate: '2026-03-06',
      Line: [await line(10, true)],
    });
    const [purchase, vendorCredit] = await seen('sort=-txn_on');
    expect([purchase!.state, vendorCredit!.state]).toEqual(['paid', 'open']);
    expect(await cost()).toBe(20_000 - 3_000 + 1_000);
    await expectMargin(-18_000);
    const [bill] = (await books.control.records(contractor.realmId, 'Bill')).filter(
      (one) => one.DocNumber === 'N-1',
    );
    await enter('bill?operation=delete', { Id: bill!.Id, SyncToken: bill!.SyncToken });
    expect((await seen('state=deleted')).map(({ number }) => number)).toEqual(['N-1']);
    expect(await cost()).toBe(-2_000);
    await expectMargin(2_000);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    await books.database.query(`update invoices set txn_date = '2026-03-31'`);
    await expectMargin(375_000 + 2_000);
    await books.database.query(`update invoices set txn_date = '2026-04-01'`);
    await expectMargin(2_000);
  });

  it('are pages in either order, found by vendor and proposal', async () => {
    const first = await contractor.admin.get('/bills?limit=2&sort=txn_on');
    const second = await contractor.admin.get(`/bills?limit=2&sort=txn_on&cursor=${first.body.next_cursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(3);
    expect((await seen('vendor=norton')).length).toBe(2);
    expect((await seen(`proposal_id=${proposalId}`)).length).toBe(2);
    expect((await contractor.admin.get('/bills?cursor=x')).status).toBe(400);
  });

  describe('of a customer with several jobs', () => {
    let garage: number;
    let project: string;
    let billOf: string;
    const first = async (): Promise<Json> => (await contractor.admin.get(`/bills/${billOf}`)).body.lines[0];
    const cost = async (id: number) => (await contractor.admin.get(`/proposals/${id}/margin`)).body;

    beforeAll(async () => {
      garage = await anApprovedProposal(contractor, { customerId });
      const { Id } = await enter('customer', {
        DisplayName: 'Garage of Ann',
        Job: true,
        ParentRef: { value: qboCustomerId },
      });
      project = Id;
      await pollCompany(books, contractor);
      const named = { ...(await line(80)), Description: `for CRM-${garage}` };
      named.AccountBasedExpenseLineDetail.CustomerRef = { value: project };
      const entered = {
        VendorRef: { value: vendorId },
        DocNumber: 'N-2',
        TxnDate: '2026-05-04',
        Line: [named],
      };
      billOf = `bill-${(await enter('bill', entered)).Id}`;
      await seen();
    });

    it('are proposed with the evidence, and borne by no job before a person accepts', async () => {
      expect(await first()).toMatchObject({
        customer_id: customerId,
        unallocated_cents: 8_000,
        allocations: [{ proposal_id: garage, amount_cents: 8_000, state: 'proposed', basis: 'suggested' }],
      });
      const [likeliest] = (await first()).candidates as Json[];
      expect((likeliest!.evidence as Json[]).map(({ kind }) => kind)).toContain('proposal_number');
      expect((await seen('allocation=proposed')).map(({ id }) => id)).toContain(billOf);
      expect(await cost(garage)).toMatchObject({ cost_cents: 0, proposed_cents: 8_000 });
      const { unallocated } = (await contractor.admin.get('/reports/margin')).body;
      expect(unallocated).toContainEqual(
        expect.objectContaining({ bill_id: billOf, line: 1, customer_id: customerId, amount_cents: 8_000 }),
      );
    });

    it('are split between jobs, and what was rejected is not proposed again', async () => {
      const { admin } = contractor;
      const path = `/bills/${billOf}/lines/1`;
      expect((await admin.post(`${path}/reject`, {})).body.lines[0]).toMatchObject({
        unallocated_cents: 8_000,
        allocations: [{ proposal_id: garage, state: 'rejected' }],
      });
      await admin.post(`${path}/allocate`, { proposal_id: proposalId, amount_cents: 3_000 });
      const split = (await admin.post(`${path}/allocate`, { proposal_id: garage })).body.lines[0];
      expect(split).toMatchObject({ unallocated_cents: 0, candidates: [] });
      expect(await cost(garage)).toMatchObject({ cost_cents: 5_000, proposed_cents: 0 });
      await admin.post(`${path}/reject`, { proposal_id: proposalId });
    });

    it('are of the job that a person gave their project to, now and later, until it is taken back', async () => {
      const { admin } = contractor;
      const path = `/bills/${billOf}/lines/1`;
      const whole = { proposal_id: garage, whole_project: true };
      expect((await admin.post(`${path}/allocate`, whole)).status).toBe(200);
      const later = await line(20);
      later.AccountBasedExpenseLineDetail.CustomerRef = { value: project };
      const entered = { VendorRef: { value: vendorId }, TxnDate: '2026-05-05', Line: [later, await line(1)] };
      const { Id } = await enter('bill', entered);
      await seen();
      const [followed] = (await admin.get(`/bills/bill-${Id}`)).body.lines as Json[];
      expect(followed!.allocations).toMatchObject([
        { proposal_id: garage, amount_cents: 2_000, basis: 'project', state: 'accepted' },
      ]);
      expect(await cost(garage)).toMatchObject({ cost_cents: 10_000 });
      expect(await marginGauge('2026-05-15')).toEqual([{ currency: 'USD', margin_cents: -10_000 }]);
      const none = await admin.post(`/bills/bill-${Id}/lines/2/allocate`, whole);
      expect(none).toMatchObject({ status: 422, body: { errors: [{ field: 'whole_project' }] } });
      await admin.post(`/bills/bill-${Id}/lines/1/reject`, { whole_project: true });
      expect(await cost(garage)).toMatchObject({ cost_cents: 8_000 });
    });
  });

  it('are borne by no job that had a part of a line which gives money back now, also in the gauge', async () => {
    const bill = await enter('bill', {
      VendorRef: { value: vendorId },
      DocNumber: 'N-9',
      TxnDate: '2026-07-06',
      Line: [await line(100), await line(50)],
    });
    await seen();
    const allocated = await contractor.admin.post(`/bills/bill-${bill.Id}/lines/2/allocate`, {
      proposal_id: proposalId,
      amount_cents: 3_000,
    });
    expect(allocated.status).toBe(200);
    const margins = async (): Promise<[number, number]> => {
      const { totals } = (await contractor.admin.get('/reports/margin?from=2026-07-01&to=2026-07-31')).body;
      const [gauge] = await marginGauge('2026-07-15');
      return [totals[0].revenue_cents - totals[0].cost_cents, gauge!.margin_cents];
    };
    expect(await margins()).toEqual([-3_000, -3_000]);
    await books.database.query(
      'update qbo_document_lines set cents = -cents where org_id = $1 and qbo_id = $2 and line = 2',
      [contractor.orgId, bill.Id],
    );
    expect(await margins()).toEqual([0, 0]);
  });

  it('are unknown where no company is connected, and the margin says so', async () => {
    const { admin } = await createOrg(books.app, 'Birch Builders');
    expect(await admin.get('/bills')).toMatchObject({ status: 200, body: { items: [], next_cursor: null } });
    const [theirs] = await seen();
    for (const bill of [theirs!.id as string, 'bill-1', 'nonsense']) {
      expect(await admin.get(`/bills/${bill}`)).toMatchObject({
        status: 404,
        body: { code: 'bill_not_found' },
      });
      for (const deed of ['allocate', 'reject'])
        expect((await admin.post(`/bills/${bill}/lines/1/${deed}`, { proposal_id: proposalId })).status).toBe(
          404,
        );
    }
    const id = await anApprovedProposal({ ...contractor, admin });
    expect((await admin.get(`/proposals/${id}/margin`)).body).toMatchObject({
      revenue_cents: 0,
      cost_cents: null,
      margin_cents: null,
      margin_percent: null,
      unallocated_cents: null,
      unknown: ['costs'],
      timeline: `/proposals/${id}/timeline`,
      qbo_url: null,
    });
    const csv = (await admin.get('/reports/margin?format=csv')).body as string;
    expect(csv.split('\r\n')[1]).toMatch(
      new RegExp(`^${id},USD,invoice,0,,0,,,,,costs,/proposals/${id}/timeline,,[^,]+,Ann Ruiz`),
    );
    expect((await admin.get('/reports/margin?from=2026-02-01&to=2026-01-31')).status).toBe(422);
  });

  it('stay costs of their job with another company connected, and are unknown where nobody read them', async () => {
    const former = await aContractor(books, 'Of two companies');
    const { admin } = former;
    const marginOf = async (id: number) => (await admin.get(`/proposals/${id}/margin`)).body;
    const { proposalId: job } = await anInvoicedProposal(former);
    const { CustomerRef } = (await books.control.records(former.realmId, 'Invoice')).at(-1) as unknown as {
      CustomerRef: { value: string };
    };
    const vendor = (await books.control.createVendor(former.realmId, 'Norton Lumber')).Id;
    const detail = { AccountRef: { value: await expenseAccount() }, CustomerRef };
    await askCompany(books, former, 'bill', {
      VendorRef: { value: vendor },
      TxnDate: '2026-03-02',
      Line: [
        { DetailType: 'AccountBasedExpenseLineDetail', Amount: 400, AccountBasedExpenseLineDetail: detail },
      ],
    });
    expect(await marginOf(job)).toMatchObject({ cost_cents: 40_000 });
    const known = await marginOf(job);

    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    await admin.post(`/qbo/sync/customer/${(await admin.get(`/proposals/${job}`)).body.customer_id}`);
    expect(await marginOf(job)).toEqual(known);
    const { totals } = (await admin.get('/reports/margin')).body;
    expect(totals).toMatchObject([{ cost_cents: 40_000, unallocated_cents: 0 }]);

    await books.database.query('update qbo_document_mirrors set filled_at = null where realm_id = $1', [
      former.realmId,
    ]);
    expect(await marginOf(job)).toMatchObject({ cost_cents: null, margin_cents: null, unknown: ['costs'] });
    expect(await marginOf(await anApprovedProposal(former))).toMatchObject({ cost_cents: 0, unknown: [] });
    const totalsOf = async () => (await admin.get('/reports/margin')).body.totals;
    expect(await totalsOf()).toMatchObject([{ cost_cents: null, margin_cents: null }]);
    // An invoice that was a mistake there, and is voided, leaves nothing unknown.
    await books.database.query(`update invoices set state = 'voided' where proposal_id = $1`, [job]);
    expect(await totalsOf()).toMatchObject([{ cost_cents: 0, margin_cents: expect.any(Number) as number }]);
  });

  describe('and what Stripe kept', () => {
    const attempts = async (id: number): Promise<number> => {
      const [row] = await books.database.query<{ attempts: number }>(
        'select fee_attempts as attempts from payments where proposal_id = $1',
        [id],
      );
      return row!.attempts;
    };
    const margin = async (id: number) => (await contractor.admin.get(`/proposals/${id}/margin`)).body;
    const fees = async (id: number): Promise<number | null> => (await margin(id)).fees_cents;

    /** Has Stripe asked for every fee whose time has come, and waits until it was for this proposal's. */
    const asked = async (id: number): Promise<void> => {
      const before = await attempts(id);
      await books.database.query(
        `update payments set fee_next_attempt_at = now() - interval '1 minute'
          where fee_next_attempt_at is not null`,
      );
      await books.app.app.get(DueJobsService).enqueueDue('payments.fee_cents');
      await eventually(async () => expect(await attempts(id)).toBe(before + 1));
    };

    it('is unknown until Stripe says it, then lowers the margin, and is read once', async () => {
      const id = await anApprovedProposal(contractor);
      expect(await fees(id)).toBe(0);
      await payDeposit(books, contractor.admin, id);
      expect(await fees(id)).toBeNull();
      const earned = 375_000;
      await eventually(async () => expect((await margin(id)).margin_cents).toBe(earned));
      expect((await contractor.admin.get('/reports/margin')).body.totals).toMatchObject([
        { fees_cents: null },
      ]);

      const askNow = () => books.app.app.get(DueJobsService).enqueueDue('payments.fee_cents');
      expect(await askNow(), 'a minute after the payment at the earliest').toBe(0);
      await asked(id);
      const kept = Math.round(earned * 0.029) + 30;
      await eventually(async () => expect(await fees(id)).toBe(kept));
      expect((await margin(id)).margin_cents).toBe(earned - kept);
      const { rows, totals } = (await contractor.admin.get('/reports/margin')).body;
      expect(rows).toContainEqual(expect.objectContaining({ proposal_id: id, fees_cents: kept }));
      expect(totals).toMatchObject([{ currency: 'USD', fees_cents: kept }]);
      const past = (await contractor.admin.get('/reports/margin?to=2026-01-31')).body;
      expect(past.totals).toMatchObject([{ fees_cents: 0 }]);

      expect(await askNow()).toBe(0);
      expect(
        await books.database.query(
          'select fee_cents::int as cents, fee_currency as currency from payments where proposal_id = $1',
          [id],
        ),
      ).toEqual([{ cents: kept, currency: 'USD' }]);
    });

    it('is asked for again where Stripe does not answer', async () => {
      const id = await anApprovedProposal(contractor);
      await payDeposit(books, contractor.admin, id);
      await books.stripe.act('faults', { kind: '500', operation: 'payment_intents.retrieve', times: 2 });
      await asked(id);
      await eventually(async () => expect(await books.stripe.faultsToCome()).toEqual([]));
      expect(await fees(id)).toBeNull();
      await asked(id);
      await eventually(async () => expect(await fees(id)).toBe(10_905));
    });

    it('is unknown to the margin where it is in another currency', async () => {
      const id = await anApprovedProposal(contractor);
      await books.stripe.configureBalance({ settlement_currencies: ['eur'], exchange_rates: { usd: 0.9 } });
      await payDeposit(books, contractor.admin, id);
      await asked(id);
      const kept = () =>
        books.database.query(
          'select fee_cents::int as cents, fee_currency as currency from payments where proposal_id = $1',
          [id],
        );
      const cents = Math.round(375_000 * 0.9 * 0.029) + 30;
      await eventually(async () => expect(await kept()).toEqual([{ cents, currency: 'EUR' }]));
      expect(await fees(id)).toBeNull();
    });
  });

  it('are shown as they were last read once the company is given back, and nothing is decided of them', async () => {
    const { admin } = contractor;
    const before = await seen();
    const [{ id }] = before as [{ id: string }];
    expect((await admin.post('/qbo/disconnect')).status).toBe(200);
    expect(await seen()).toEqual(before);
    expect((await admin.get(`/bills/${id}`)).body).toEqual(before[0]);
    const allocate = (bill: string, proposal_id: number) =>
      admin.post(`/bills/${bill}/lines/1/allocate`, { proposal_id, amount_cents: 1 });
    expect((await allocate('bill-999999999', proposalId)).status).toBe(404);
    expect((await allocate(id, 2_000_000_000)).status).toBe(404);
    const reject = await admin.post(`/bills/${id}/lines/1/reject`, { proposal_id: proposalId });
    expect(reject).toMatchObject({ status: 409 });
    expect(await seen()).toEqual(before);
    const other = await createOrg(books.app, 'Pine & Sons');
    expect((await other.admin.get(`/bills/${id}`)).status).toBe(404);
  });
});
