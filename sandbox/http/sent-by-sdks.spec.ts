import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';
import { startSandbox } from '../sandbox.ts';

let books: Books;
let customer: string;

beforeEach(async () => {
  books = await openTestBooks();
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
});
afterEach(() => books.close());

const asks = { authorization: 'Bearer good', accept: 'application/json' };

/** A body of any bytes, with the headers of what they are. */
async function posted(
  path: string,
  body: Uint8Array,
  headers: Record<string, string>,
): Promise<{ status: number; body: unknown }> {
  const url = `${books.url}/v3/company/${REALM}/${path}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...asks, ...headers },
    body: new Blob([body]),
  });
  return { status: answer.status, body: await answer.json() };
}

/** The bytes of a form, and what they are called. */
async function formOf(form: FormData): Promise<{ bytes: Uint8Array; type: string }> {
  const packed = new Response(form);
  const type = String(packed.headers.get('content-type'));
  return { bytes: new Uint8Array(await packed.arrayBuffer()), type };
}

describe('a body that comes packed, as Intuit’s SDKs for Java and .NET send it', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    { how: 'gzip', pack: gzipSync },
    { how: 'GZip', pack: gzipSync },
    { how: 'x-gzip', pack: gzipSync },
    { how: 'deflate', pack: deflateSync },
    { how: 'deflate', pack: deflateRawSync },
    { how: 'identity', pack: (bytes: Buffer) => bytes },
  ])('is read: $how', async ({ how, pack }) => {
    const bytes = pack(Buffer.from(JSON.stringify({ DisplayName: 'José' })));
    expect(await posted('customer', bytes, { ...json, 'content-encoding': how })).toMatchObject({
      status: 200,
      body: { Customer: { DisplayName: 'José' } },
    });
  });

  it('is read also where it is a query, and where there is none', async () => {
    const query = gzipSync(Buffer.from('select count(*) from Customer'));
    const packed = { 'content-encoding': 'gzip' };
    expect(await posted('query', query, { 'content-type': 'application/text', ...packed })).toMatchObject({
      body: { QueryResponse: { totalCount: 1 } },
    });
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    const nothing = { 'content-type': 'application/octet-stream', ...packed };
    const path = `invoice/${invoice.Id}/send?sendTo=a@b.example`;
    expect((await posted(path, new Uint8Array(), nothing)).status).toBe(200);
  });

  it('is refused in QuickBooks’ words where it cannot be unpacked', async () => {
    const plain = Buffer.from('{"DisplayName": "Bob"}');
    expect(await posted('customer', plain, { ...json, 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { Fault: { Error: [{ code: '2310' }], type: 'ValidationFault' } },
    });
    expect((await posted('customer', plain, { ...json, 'content-encoding': 'br' })).status).toBe(415);
  });
});

describe('a file', () => {
  const photo = (bytes: number): FormData => {
    const form = new FormData();
    form.append('file_metadata_01', new Blob(['{"Note": "roof"}'], { type: 'application/json' }), 'a.json');
    form.append('file_content_01', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'roof.jpg');
    return form;
  };

  it('may be as large as a photo is', async () => {
    const { bytes, type } = await formOf(photo(6_000_000));
    expect(await posted('upload', bytes, { 'content-type': type })).toMatchObject({
      status: 200,
      body: { AttachableResponse: [{ Attachable: { FileName: 'roof.jpg', Note: 'roof', Size: 6_000_000 } }] },
    });
  });

  it('is uploaded packed', async () => {
    const { bytes, type } = await formOf(photo(100));
    const headers = { 'content-type': type, 'content-encoding': 'gzip' };
    expect(await posted('upload', gzipSync(bytes), headers)).toMatchObject({
      body: { AttachableResponse: [{ Attachable: { FileName: 'roof.jpg', Size: 100 } }] },
    });
  });
});

it.each([
  { asked: 'SELECT *, Line.* FROM Invoice', shown: { Line: [{}, {}], DocNumber: '7' } },
  { asked: 'select Id, Line.* from Invoice', shown: { Id: expect.any(String), Line: [{}, {}] } },
  { asked: 'SELECT Line.* FROM Invoice', shown: { Line: [{ Amount: 10 }, {}] } },
])('the lines of a document can be asked for by name: $asked', async ({ asked, shown }) => {
  await books.create('invoice', invoiceOf(customer, 10, { DocNumber: '7' }));
  expect(await books.query(asked)).toMatchObject({ Invoice: [shown] });
});

it('a part that there is not is asked for in vain', async () => {
  expect(await books.codeOf('POST', 'query', 'select Lines.* from Invoice')).toBe('4001');
  expect(await books.codeOf('POST', 'query', 'select Line. from Invoice')).toBe('4000');
});

describe('in a batch', () => {
  const answersOf = async (items: object[]): Promise<unknown> =>
    (await books.ask('POST', 'batch', { BatchItemRequest: items })).body.BatchItemResponse;

  it('changes can be asked for, and cost a read', async () => {
    const since = new Date(books.world.clock.now().getTime() - 60_000).toISOString();
    const before = await books.control.calls(REALM);
    expect(
      await answersOf([
        { bId: '1', CDCQuery: { Entities: 'Customer,Invoice', ChangedSince: since } },
        { bId: '2', CDCQuery: { Entities: 'TaxRate', ChangedSince: since } },
        { bId: '3', CDCQuery: { Entities: 'Customer' } },
      ]),
    ).toMatchObject([
      { bId: '1', CDCResponse: { QueryResponse: [{ Customer: [{ Id: customer }] }, {}] } },
      { bId: '2', Fault: { Error: [{ code: '2000' }] } },
      { bId: '3', Fault: { Error: [{ code: '2020', element: 'changedSince' }] } },
    ]);
    expect((await books.control.calls(REALM)).metered).toBe(before.metered + 1);
  });

  it('changes are answered in XML to who asks in XML', async () => {
    const since = new Date(books.world.clock.now().getTime() - 60_000).toISOString();
    const asked =
      '<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3"><BatchItemRequest bId="1">' +
      `<CDCQuery><Entities>Customer</Entities><ChangedSince>${since}</ChangedSince></CDCQuery>` +
      '</BatchItemRequest></IntuitBatchRequest>';
    const headers = { 'content-type': 'application/xml', accept: 'application/xml' };
    const { text } = await books.ask('POST', 'batch', asked, headers);
    expect(text).toContain('<BatchItemResponse bId="1"><CDCResponse><QueryResponse');
    expect(text).toContain('<DisplayName>Ann</DisplayName>');
  });

  it('files and templates are found as they are outside of one', async () => {
    const form = new FormData();
    form.append('file_content_01', new Blob(['a']), 'plan.txt');
    const { bytes, type } = await formOf(form);
    await posted('upload', bytes, { 'content-type': type });
    const info = { Name: 'Monthly', RecurType: 'Automated', ScheduleInfo: { IntervalType: 'Monthly' } };
    const Invoice = { ...invoiceOf(customer, 100), RecurringInfo: info };
    await books.ask('POST', 'recurringtransaction', { Invoice });
    expect(
      await answersOf([
        { bId: '1', Query: 'select * from Attachable' },
        { bId: '2', Query: 'select * from RecurringTransaction' },
      ]),
    ).toMatchObject([
      { QueryResponse: { Attachable: [{ TempDownloadUri: expect.stringContaining('/files/') }] } },
      { QueryResponse: { RecurringTransaction: [{ Invoice: { TotalAmt: 100 } }] } },
    ]);
  });
});

it('an address with a slash too many leads to the same place', async () => {
  const sandbox = await startSandbox();
  try {
    const granted = await fetch(`${sandbox.url}/sandbox/oauth/grant`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ realm_id: REALM }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const answer = await fetch(`${sandbox.url}//v3/company/${REALM}/companyinfo/${REALM}`, { headers });
    expect(await answer.json()).toMatchObject({ CompanyInfo: { Id: '1' } });
  } finally {
    await sandbox.close();
  }
});
