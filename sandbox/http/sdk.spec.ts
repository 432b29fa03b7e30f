import QuickBooks from 'node-quickbooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';

/** What we call of the SDK. Its own types name a class that is not there at run time. */
type Sdk = Record<string, (...args: unknown[]) => void> & { endpoint: string };
type SdkClass = new (...args: unknown[]) => Sdk;
// oxlint-disable-next-line typescript/no-explicit-any -- answers of an untyped SDK
type Answer = any;

describe('node-quickbooks, unchanged but for its endpoint', () => {
  let books: Books;
  let qbo: Sdk;

  const call = (method: string, ...args: unknown[]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      qbo[method]!(...args, (error: unknown, answer: unknown) =>
        error ? reject(Object.assign(new Error('refused'), { cause: error })) : resolve(answer),
      );
    });

  beforeAll(async () => {
    books = await openTestBooks({}, true);
    const Client = QuickBooks as unknown as SdkClass;
    qbo = new Client('key', 'secret', 'good', false, REALM, true, false, null, '2.0', 'refresh');
    qbo.endpoint = `${books.url}/v3/company/`;
  });
  afterAll(() => books.close());

  it('creates, reads and updates a customer', async () => {
    const made = await call('createCustomer', {
      DisplayName: 'Acme GmbH',
      PrimaryEmailAddr: { Address: 'eva@acme.example' },
    });
    const updated = await call('updateCustomer', {
      Id: made.Id,
      SyncToken: made.SyncToken,
      sparse: true,
      CompanyName: 'Acme',
    });

    expect(await call('getCustomer', made.Id)).toMatchObject({
      DisplayName: 'Acme GmbH',
      CompanyName: 'Acme',
      SyncToken: '1',
    });
    expect(updated.SyncToken).toBe('1');
  });

  it('finds records with its query builder', async () => {
    const found = await call('findCustomers', { DisplayName: "Amy's Bird Sanctuary" });
    const counted = await call('findInvoices', { count: true });
    const latest = await call('findInvoices', { desc: 'TxnDate', limit: 2, offset: 1 });
    const all = await call('findCustomers', { fetchAll: true });

    expect(found.QueryResponse.Customer).toMatchObject([{ GivenName: 'Amy' }]);
    expect(counted.QueryResponse.totalCount).toBe(37);
    expect(latest.QueryResponse).toMatchObject({ maxResults: 2, totalCount: 2 });
    expect(all.QueryResponse.Customer.length).toBeGreaterThan(11);
  });

  it('creates an invoice, takes a payment, and voids the invoice', async () => {
    const invoice = await call('createInvoice', {
      CustomerRef: { value: '1' },
      Line: [
        { Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } },
      ],
    });
    const Line = [{ Amount: 100, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }];
    await call('createPayment', { CustomerRef: { value: '1' }, TotalAmt: 100, Line });
    const paid = await call('getInvoice', invoice.Id);
    const voided = await call('voidInvoice', { Id: paid.Id, SyncToken: paid.SyncToken });

    expect(paid).toMatchObject({ Balance: 0, SyncToken: '1' });
    expect(voided.Invoice).toMatchObject({ TotalAmt: 0, Balance: 0, PrivateNote: 'Voided', SyncToken: '2' });
  });

  it('sends a batch and asks for what changed', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    const batch = await call('batch', [
      { bId: 'a', operation: 'create', Customer: { DisplayName: 'Batch Customer' } },
      { bId: 'b', Query: "select * from Customer where DisplayName = 'Cool Cars'" },
    ]);
    const changes = await call('changeDataCapture', ['Customer', 'Item'], since);

    expect(batch.BatchItemResponse).toMatchObject([
      { bId: 'a', Customer: { Active: true } },
      { bId: 'b', QueryResponse: { maxResults: 1 } },
    ]);
    expect(changes.CDCResponse[0].QueryResponse[0].Customer.length).toBeGreaterThan(0);
  });

  it('deletes, reads the company and mails an invoice', async () => {
    const payment = await call('createPayment', { CustomerRef: { value: '2' }, TotalAmt: 5 });
    const deleted = await call('deletePayment', { Id: payment.Id, SyncToken: payment.SyncToken });
    const sent = await call('sendInvoicePdf', '129', 'eva@acme.example');
    const pdf = await call('getInvoicePdf', '129');

    expect(deleted.Payment.status).toBe('Deleted');
    expect(sent).toMatchObject({ EmailStatus: 'EmailSent', SyncToken: '0' });
    expect(Buffer.from(pdf).toString('latin1')).toContain('%PDF-1.4');
    expect(await call('getCompanyInfo', REALM)).toMatchObject({ CompanyName: 'Test Company', Id: '1' });
  });
});
