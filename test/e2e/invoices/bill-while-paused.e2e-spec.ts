import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, aCustomer, type Books, type Contractor, openBooks } from '../../support/books.js';
import { endPauses } from '../../support/qbo.js';

const LINES = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];

/** QuickBooks answers 429: the company is left alone for a minute, and invoices wait for that. */
describe('An invoice that is asked for while QuickBooks asks to wait', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
  });

  beforeEach(() =>
    books.control.planFault({
      realm_id: contractor.realmId,
      operation: 'invoice.create',
      kind: '429',
      times: 1,
    }),
  );

  afterEach(async () => {
    await books.control.clearFaults();
    await endPauses(books.database);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  async function anApproved(): Promise<number> {
    const { admin } = contractor;
    const customer_id = await aCustomer(contractor);
    const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, lines: LINES });
    await admin.post(`/proposals/${body.id}/approve`);
    const entries = [{ kind: 'progress', percent: 40 }];
    await admin.put(`/proposals/${body.id}/contract/schedule`, { entries });
    return body.id;
  }

  it('is 503 for the deposit, with the seconds until the pause ends, also to whoever asks during it', async () => {
    const id = await anApproved();
    for (const ask of [1, 2]) {
      const { status, body, headers } = await contractor.admin.post(`/qbo/invoice/${id}`);
      expect({ ask, status, code: body.code }).toEqual({ ask, status: 503, code: 'qbo_throttled' });
      const seconds = Number(headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(ask === 1 ? 59 : 40);
      expect(seconds).toBeLessThan(61);
    }
    await endPauses(books.database);
    expect((await contractor.admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'created' });
  });

  it('is pending for an entry, since it was taken on, and made by itself', async () => {
    const id = await anApproved();
    const bill = () => contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
    for (const ask of [1, 2]) {
      const { status, body } = await bill();
      expect({ ask, status, body }).toMatchObject({
        ask,
        status: 202,
        body: {
          status: 'pending',
          invoice: { kind: 'progress', total_cents: 400_000, qbo_invoice_id: null },
          detail: expect.stringContaining('by itself'),
        },
      });
    }
    await endPauses(books.database);
    expect(await bill()).toMatchObject({ status: 200, body: { status: 'created' } });
    expect(await bill()).toMatchObject({ status: 200, body: { status: 'exists' } });
  });

  it('is pending for one that is made anew, too', async () => {
    const id = await anApproved();
    await books.control.clearFaults();
    const { invoice } = (await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`)).body;
    await contractor.admin.post(`/invoices/${invoice.id}/void`);
    await books.control.planFault({ realm_id: contractor.realmId, operation: 'invoice.create', kind: '429' });
    const { status, body } = await contractor.admin.post(`/invoices/${invoice.id}/remake`);
    expect({ status, body }).toMatchObject({ status: 202, body: { generation: 2, qbo_invoice_id: null } });
  });

  it('is 503 with the same seconds where nothing is taken on, as for an invoice that is to be voided', async () => {
    const [standing, asked] = [await anApproved(), await anApproved()];
    await books.control.clearFaults();
    const { invoice } = (await contractor.admin.post(`/proposals/${standing}/contract/entries/2/bill`)).body;
    await books.control.planFault({ realm_id: contractor.realmId, operation: 'invoice.create', kind: '429' });
    expect((await contractor.admin.post(`/qbo/invoice/${asked}`)).status).toBe(503);
    const { status, body, headers } = await contractor.admin.post(`/invoices/${invoice.id}/void`);
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'qbo_throttled' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(40);
  });
});
