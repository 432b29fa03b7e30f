import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';

let books: Books;
let customer: string;

beforeEach(async () => {
  books = await openTestBooks();
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
});
afterEach(() => books.close());

it('SELECT *, Sku is everything', async () => {
  expect(await books.query('SELECT *, Sku FROM Item')).toMatchObject({ Item: [{ Name: 'Hours' }, {}] });
});

it.each([
  "TxnDate > '2026-02-30'",
  "TxnDate in ('2026-01-05', '2026-13-01')",
  "DueDate = '05/01/2026'",
  "MetaData.CreateTime > '2026-02-30'",
  "MetaData.LastUpdatedTime > '2026-04-31T10:00:00-07:00'",
])('a day that is none is asked for in vain: %s', async (condition) => {
  expect(await books.codeOf('POST', 'query', `select * from Invoice where ${condition}`)).toBe('4001');
});

it('a query of what there is not is told what it asked for', async () => {
  const { body } = await books.ask('POST', 'query', 'select * from Custmoer');
  expect(body.Fault).toMatchObject({
    Error: [{ Detail: 'QueryValidationError: invalid context declaration: Custmoer' }],
  });
});

it('a line with zeros for quantity and price counts by its amount', async () => {
  const detail = { ItemRef: { value: '1' }, Qty: 0, UnitPrice: 0 };
  const Line = [{ Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail }];
  const invoice = { CustomerRef: { value: customer }, Line };
  expect(await books.create('invoice', invoice)).toMatchObject({ TotalAmt: 100 });
});

it('a batch item without an operation is a create', async () => {
  const BatchItemRequest = [{ bId: '1', Customer: { DisplayName: 'Bob' } }];
  const { body } = await books.ask('POST', 'batch', { BatchItemRequest });
  expect(body).toMatchObject({ BatchItemResponse: [{ bId: '1', Customer: { DisplayName: 'Bob' } }] });
});

it('an attachment is linked to a record of the kind it names', async () => {
  const invoice = await books.create('invoice', invoiceOf(customer, 10));
  const linked = (type: string, value: string): object => ({
    Note: 'n',
    AttachableRef: [{ EntityRef: { type, value } }],
  });
  expect(await books.codeOf('POST', 'attachable', linked('Invoice', invoice.Id))).toBeNull();
  const { body } = await books.ask('POST', 'attachable', linked('Invoice', customer));
  expect(body.Fault).toMatchObject({
    Error: [
      {
        code: '6000',
        Detail:
          `Business Validation Error: The entity Invoice ${customer} that you are trying to link does not ` +
          `exist. Invoice ${customer}`,
      },
    ],
  });
});

it('a sale at the counter needs no customer', async () => {
  const { Line } = invoiceOf(customer, 10);
  expect(await books.create('salesreceipt', { Line: Line! })).toMatchObject({ TotalAmt: 10 });
});

it('a name of the schema is kept, one that is none is refused', async () => {
  const order = { ...invoiceOf(customer, 10), FOB: 'Denver', PONumber: '7', Tag: [{ Name: 'a' }] };
  expect(await books.create('invoice', order)).toMatchObject({ FOB: 'Denver', PONumber: '7' });
  expect(await books.codeOf('POST', 'invoice', { ...order, Fob: 'x' })).toBe('2010');
});

it('a file is uploaded with its metadata, linked, and downloaded again', async () => {
  const invoice = await books.create('invoice', invoiceOf(customer, 10));
  const form = new FormData();
  const metadata = { AttachableRef: [{ EntityRef: { type: 'Invoice', value: invoice.Id } }], Note: 'plan' };
  form.append(
    'file_metadata_01',
    new Blob([JSON.stringify(metadata)], { type: 'application/json' }),
    'a.json',
  );
  form.append('file_content_01', new Blob(['a\r\nb'], { type: 'text/plain' }), 'plan.txt');
  const headers = { authorization: 'Bearer good', accept: 'application/json' };
  const base = `${books.url}/v3/company/${REALM}`;
  const answer = await fetch(`${base}/upload`, { method: 'POST', headers, body: form });
  const { AttachableResponse } = (await answer.json()) as {
    AttachableResponse: { Attachable: { Id: string } }[];
  };
  expect(AttachableResponse).toMatchObject([
    { Attachable: { FileName: 'plan.txt', ContentType: 'text/plain', Size: 4, Note: 'plan' } },
  ]);
  const { Id } = AttachableResponse[0]!.Attachable;
  const link = await (await fetch(`${base}/download/${Id}`, { headers })).text();
  expect(await (await fetch(link)).text()).toBe('a\r\nb');
  const read = await books.read('attachable', Id);
  expect(await (await fetch(read.TempDownloadUri as string)).text()).toBe('a\r\nb');
  const where = (id: string): string =>
    `AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '${id}'`;
  expect(await books.query(`select * from attachable where ${where(invoice.Id)}`)).toMatchObject({
    Attachable: [{ Id, TempDownloadUri: expect.stringContaining('/files/') }],
  });
  expect(await books.query(`select * from attachable where ${where('99999')}`)).toEqual({});

  books.world.clock.advance(16 * 60_000);
  expect((await fetch(link)).status).toBe(403);
  form.set('file_content_01', new Blob(['MZ']), 'plan.exe');
  const refused = await fetch(`${base}/upload`, { method: 'POST', headers, body: form });
  expect(refused.status).toBe(200);
  expect(await refused.json()).toMatchObject({
    AttachableResponse: [{ Fault: { Error: [{ code: '6041' }] } }],
  });
});

it('of several files uploaded at once each is taken or refused by itself', async () => {
  const form = new FormData();
  const link = (value: string): Blob =>
    new Blob([JSON.stringify({ AttachableRef: [{ EntityRef: { type: 'Customer', value } }] })]);
  form.append('file_metadata_01', link('75'), 'a.json');
  form.append('file_content_01', new Blob(['a']), 'first.txt');
  form.append('file_metadata_02', link(customer), 'b.json');
  form.append('file_content_02', new Blob(['b']), 'second.txt');
  const headers = { authorization: 'Bearer good', accept: 'application/json' };
  const url = `${books.url}/v3/company/${REALM}/upload`;
  const answer = await fetch(url, { method: 'POST', headers, body: form });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    AttachableResponse: [
      { Fault: { Error: [{ code: '6000' }], type: 'ValidationFault' } },
      { Attachable: { FileName: 'second.txt' } },
    ],
  });
  const [request] = await books.control.requests({ limit: 1 });
  expect(request!.wrong).toEqual([expect.stringContaining('6000')]);
  expect(await books.query('select count(*) from Attachable')).toEqual({ totalCount: 1 });
});

it('receipts name how they were paid and where the money went, other documents do not', async () => {
  const named = { PaymentMethodRef: { value: '1' }, DepositToAccountRef: { value: '35' } };
  const { Line } = invoiceOf(customer, 10);
  for (const kind of ['salesreceipt', 'refundreceipt'])
    expect(await books.create(kind, { Line: Line!, ...named })).toMatchObject({
      PaymentMethodRef: { value: '1', name: 'Cash' },
      DepositToAccountRef: { value: '35', name: 'Checking' },
    });
  const payment = await books.create('payment', { CustomerRef: { value: customer }, TotalAmt: 1, ...named });
  expect(payment).toMatchObject(named);
  expect(payment.DepositToAccountRef).toEqual({ value: '35' });
});

it('addresses on a purchase order have ids of their own, which an edit keeps', async () => {
  const vendor = (await books.create('vendor', { DisplayName: 'Nursery' })).Id;
  const detail = { ItemRef: { value: '1' }, Qty: 1, UnitPrice: 5 };
  const order = {
    VendorRef: { value: vendor },
    VendorAddr: { Line1: '1 Elm St' },
    ShipAddr: { Line1: '2 Oak St' },
    Line: [{ Amount: 5, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: detail }],
  };
  const made = await books.create('purchaseorder', order);
  expect(made).toMatchObject({
    VendorAddr: { Id: expect.stringMatching(/^\d+$/), Line1: '1 Elm St' },
    ShipAddr: { Id: expect.stringMatching(/^\d+$/) },
  });
  const { Id } = made.VendorAddr as { Id: string };
  const edit = { Id: made.Id, SyncToken: '0', sparse: true, VendorAddr: { Line1: '3 Ash St' } };
  expect(await books.change('purchaseorder', edit)).toMatchObject({ VendorAddr: { Id, Line1: '3 Ash St' } });
});

it.each([
  { kind: 'customer', field: 'GSTIN', fields: { DisplayName: 'x' }, max: 15 },
  { kind: 'customer', field: 'BusinessNumber', fields: { DisplayName: 'x' }, max: 10 },
  { kind: 'vendor', field: 'PrintOnCheckName', fields: { DisplayName: 'x' }, max: 100 },
])('$field of $kind has $max characters at most', async ({ kind, field, fields, max }) => {
  expect(await books.codeOf('POST', kind, { ...fields, [field]: 'd'.repeat(max + 1) })).toBe('2050');
  expect(await books.codeOf('POST', kind, { ...fields, [field]: 'd'.repeat(max) })).toBeNull();
});

it('the phone number of an employee is shorter than that of a customer', async () => {
  const called = (digits: number): object => ({
    GivenName: 'Bo',
    FamilyName: `of ${digits}`,
    PrimaryPhone: { FreeFormNumber: '1'.repeat(digits) },
  });
  expect(await books.codeOf('POST', 'employee', called(21))).toBe('2050');
  expect(await books.codeOf('POST', 'employee', called(20))).toBeNull();
  expect(await books.codeOf('POST', 'customer', called(30))).toBeNull();
});

it('the number of a refund’s check may have a hundred characters', async () => {
  const { Line } = invoiceOf(customer, 10);
  const refund = { Line: Line!, DepositToAccountRef: { value: '35' }, PaymentRefNum: '1'.repeat(100) };
  expect(await books.create('refundreceipt', refund)).toMatchObject({ PaymentRefNum: '1'.repeat(100) });
});

it('a tax code is made with its rates in one call', async () => {
  const rate = { TaxRateName: 'Denver', RateValue: 8.81, TaxAgencyId: 1, TaxApplicableOn: 'Sales' };
  const { body } = await books.ask('POST', 'taxservice/taxcode', {
    TaxCode: 'Denver',
    TaxRateDetails: [rate],
  });
  expect(body).toMatchObject({ TaxCode: 'Denver', TaxRateDetails: [{ TaxRateName: 'Denver' }] });
  const { Line } = invoiceOf(customer, 100);
  const [line] = Line as { SalesItemLineDetail: object }[];
  const taxed = { ...line, SalesItemLineDetail: { TaxCodeRef: { value: 'TAX' } } };
  const invoice = await books.create('invoice', {
    CustomerRef: { value: customer },
    Line: [taxed],
    TxnTaxDetail: { TxnTaxCodeRef: { value: body.TaxCodeId as string } },
  });
  expect(invoice).toMatchObject({ TotalAmt: 108.81 });
  expect(await books.codeOf('POST', 'taxcode', { Name: 'x' })).toBe('500');
});

it('a credit card is paid from the bank', async () => {
  const payment = { Amount: 40, BankAccountRef: { value: '35' }, CreditCardAccountRef: { value: '41' } };
  const { body } = await books.ask('POST', 'creditcardpayment', payment);
  expect(body).toMatchObject({ CreditCardPaymentTxn: { Amount: 40 } });
  expect(await books.read('account', '35')).toMatchObject({ CurrentBalance: -40 });
  expect(
    await books.codeOf('POST', 'creditcardpayment', { ...payment, CreditCardAccountRef: { value: '36' } }),
  ).toBe('2500');
});

it('an invoice with an e-mail address has a link where it can be paid, when it is asked for', async () => {
  const invoice = await books.create(
    'invoice',
    invoiceOf(customer, 10, { BillEmail: { Address: 'a@b.example' } }),
  );
  expect((await books.read('invoice', invoice.Id)).InvoiceLink).toBeUndefined();
  expect(await books.read('invoice', `${invoice.Id}?include=invoiceLink`)).toMatchObject({
    InvoiceLink: expect.stringContaining('https://'),
  });
});

it('a page of tax codes has the pseudo codes first, beyond its size', async () => {
  const { TaxCode } = await books.query('select * from TaxCode maxresults 1');
  expect((TaxCode as { Id: string }[]).map(({ Id }) => Id)).toEqual(['TAX', 'NON', 'CustomSalesTax', '2']);
});

it('a file comes in base64, with line ends of any kind', async () => {
  const part = (name: string, type: string, more: string, content: string): string =>
    `--b\nContent-Disposition: form-data; name="${name}"\nContent-Type: ${type}\n${more}\n${content}\n`;
  const answer = await fetch(`${books.url}/v3/company/${REALM}/upload`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer good',
      accept: 'application/json',
      'content-type': 'multipart/form-data; boundary=b',
    },
    body:
      part('file_metadata_01', 'application/json', '', '{"FileName": "a.txt"}') +
      part('file_content_01', 'text/plain', 'Content-Transfer-Encoding: base64\n', 'aGk=') +
      '--b--\n',
  });
  expect(await answer.json()).toMatchObject({
    AttachableResponse: [{ Attachable: { FileName: 'a.txt', Size: 2 } }],
  });
});

it('a recurring transaction is a template: made, found by its type, changed and deleted', async () => {
  const info = {
    Name: 'Monthly',
    RecurType: 'Automated',
    // far ahead: a template whose day is today makes its first invoice at once
    ScheduleInfo: { IntervalType: 'Monthly', DayOfMonth: 1, StartDate: '2099-01-01' },
  };
  const Invoice = { ...invoiceOf(customer, 100), RecurringInfo: info };
  const { body } = await books.ask('POST', 'recurringtransaction', { Invoice });
  const { Invoice: made } = body.RecurringTransaction as { Invoice: { Id: string; SyncToken: string } };
  expect(made).toMatchObject({ TotalAmt: 100, RecurringInfo: info });
  expect(await books.query("select * from RecurringTransaction where Type = 'Bill'")).toEqual({});
  expect(await books.query('select * from RecurringTransaction')).toMatchObject({
    RecurringTransaction: [{ Invoice: { Id: made.Id } }],
  });
  const changed = { Invoice: { ...Invoice, ...made, ...invoiceOf(customer, 250) } };
  expect((await books.ask('POST', 'recurringtransaction', changed)).body).toMatchObject({
    RecurringTransaction: { Invoice: { TotalAmt: 250, SyncToken: '1' } },
  });
  const gone = { Invoice: { Id: made.Id, SyncToken: '1' } };
  await books.ask('POST', 'recurringtransaction?operation=delete', gone);
  expect(await books.codeOf('GET', `recurringtransaction/${made.Id}`)).toBe('610');
  expect(await books.query('select * from Invoice')).toEqual({});
});
