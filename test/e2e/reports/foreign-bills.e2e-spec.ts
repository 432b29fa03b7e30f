import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';

describe('A bill in another currency than the jobs', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let vendorId: string;
  let billId: string;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    const { realmId, admin } = contractor;
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'EUR');
    await books.control.rateCurrency(realmId, 'EUR', 1.1);
    const customerId = await aCustomer(contractor);
    proposalId = await anApprovedProposal(contractor, { customerId });
    const { qbo_customer_id: named } = (await admin.post(`/qbo/sync/customer/${customerId}`)).body;
    const vendor = await books.control.createVendor(realmId, 'Ziegel GmbH', {
      CurrencyRef: { value: 'EUR' },
    });
    vendorId = vendor.Id;
    billId = await enter('2026-03-02', [await line(100, named as string), await line(50)]);
    await admin.get('/bills');
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const line = async (amount: number, customer?: string) => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const expense = accounts.find(({ AccountType }) => AccountType === 'Cost of Goods Sold')!;
    return {
      DetailType: 'AccountBasedExpenseLineDetail',
      Amount: amount,
      Description: 'Tiles',
      AccountBasedExpenseLineDetail: {
        AccountRef: { value: expense.Id },
        ...(customer === undefined ? {} : { CustomerRef: { value: customer } }),
      },
    };
  };
  const enter = async (TxnDate: string, Line: object[]): Promise<string> => {
    const made = await askCompany(books, contractor, 'bill', {
      VendorRef: { value: vendorId },
      CurrencyRef: { value: 'EUR' },
      ExchangeRate: 1.1,
      TxnDate,
      Line,
    });
    return `bill-${made.Bill.Id}`;
  };
  const act = (number: number, what: 'allocate' | 'reject', body: object) =>
    contractor.admin.post(`/bills/${billId}/lines/${number}/${what}`, body);
  const margin = async () => (await contractor.admin.get(`/proposals/${proposalId}/margin`)).body;
  const totals = async () =>
    (await contractor.admin.get('/reports/margin?from=2026-03-01&to=2026-03-31')).body.totals as Json[];

  it('is borne by the one job of the customer on its line, and no cent of it is lost', async () => {
    expect(await margin()).toMatchObject({
      cost_cents: 0,
      margin_cents: null,
      foreign_costs: [{ currency: 'EUR', cost_cents: 10_000 }],
      unknown: ['foreign_costs'],
    });
    expect(await totals()).toMatchObject([
      { currency: 'EUR', cost_cents: 0, foreign_cost_cents: 10_000, unallocated_cents: 5_000 },
      { currency: 'USD', cost_cents: 0, foreign_cost_cents: 0, margin_cents: null },
    ]);
  });

  it('is given to a job by a person as well, and given back after it was taken away', async () => {
    expect(
      (await act(2, 'allocate', { proposal_id: proposalId, amount_cents: 3_000 })).body.lines[1],
    ).toMatchObject({
      unallocated_cents: 2_000,
      allocations: [{ proposal_id: proposalId, amount_cents: 3_000, state: 'accepted', basis: 'manual' }],
    });
    expect((await act(1, 'reject', {})).status).toBe(200);
    expect(await margin()).toMatchObject({ foreign_costs: [{ currency: 'EUR', cost_cents: 3_000 }] });
    expect((await act(1, 'allocate', { proposal_id: proposalId })).body.lines[0].unallocated_cents).toBe(0);
    expect(await margin()).toMatchObject({ foreign_costs: [{ currency: 'EUR', cost_cents: 13_000 }] });
    expect(await totals()).toMatchObject([{ foreign_cost_cents: 13_000, unallocated_cents: 2_000 }, {}]);
  });

  it('is given to nothing that was never approved, where no margin could show it', async () => {
    const { admin } = contractor;
    const draft = await admin.post('/proposals', {
      name: 'Porch of 9 Oak Street',
      customer_id: await aCustomer(contractor),
      lines: [{ description: 'Porch', quantity: 1, unit_price_cents: 100_000 }],
    });
    const refused = await act(2, 'allocate', { proposal_id: draft.body.id });
    expect(refused).toMatchObject({ status: 409, body: { code: 'proposal_not_approved' } });
    expect(await totals()).toMatchObject([{ unallocated_cents: 2_000 }, {}]);
    await admin.post(`/proposals/${draft.body.id}/approve`);
    expect((await act(2, 'allocate', { proposal_id: draft.body.id })).status).toBe(200);
    expect(await totals()).toMatchObject([{ foreign_cost_cents: 15_000, unallocated_cents: 0 }, {}]);
  });

  it('is proposed to the job that it names', async () => {
    const tiles = { ...(await line(30)), Description: `Tiles for CRM-${proposalId}` };
    billId = await enter('2026-04-02', [tiles]);
    await books.database.query(`update qbo_document_mirrors set looked_at = now() - interval '2 minutes'`);
    await contractor.admin.get('/bills');
    const [named] = (await contractor.admin.get(`/bills/${billId}`)).body.lines as Json[];
    expect(named!.allocations).toMatchObject([
      { proposal_id: proposalId, state: 'proposed', amount_cents: 3_000 },
    ]);
    expect(await margin()).toMatchObject({ proposed_cents: 0 });
    expect((await act(1, 'allocate', { proposal_id: proposalId })).status).toBe(200);
    expect(await margin()).toMatchObject({ foreign_costs: [{ currency: 'EUR', cost_cents: 16_000 }] });
  });
});
