import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';

let books: Books;
beforeEach(async () => {
  books = await openTestBooks();
});
afterEach(() => books.close());

const customerCount = async (): Promise<number> => (await books.control.records(REALM, 'Customer')).length;

describe('a requestid', () => {
  const create = (id: string, DisplayName = 'Once') =>
    books.ask('POST', `customer?requestid=${id}`, { DisplayName });

  it('makes a repeat answer what the first did, and do nothing', async () => {
    const first = await create('r1');
    const second = await create('r1');

    expect(second.text).toBe(first.text);
    expect(await customerCount()).toBe(1);
  });

  it('lets two different ids collide as two requests do (so the test above is not vacuous)', async () => {
    await create('r1');
    expect((await create('r2')).body.Fault).toMatchObject({ Error: [{ code: '6240' }] });
  });

  it('answers with the dead record after it was deleted', async () => {
    await books.create('customer', { DisplayName: 'Buyer' });
    const first = await books.ask('POST', 'invoice?requestid=i1', invoiceOf('1', 5));
    await books.change('invoice', { Id: '101', SyncToken: '0' }, '?operation=delete');

    expect((await books.ask('POST', 'invoice?requestid=i1', invoiceOf('1', 5))).text).toBe(first.text);
    expect(await books.codeOf('GET', 'invoice/101')).toBe('610');
  });

  it('remembers successes only, unless a switch says otherwise', async () => {
    await books.create('customer', { DisplayName: 'Once' });
    await create('r1');
    await books.control.renameCustomer(REALM, '1', 'Someone else');
    const retried = await create('r1');
    await books.control.patchSwitches({ requestIdKeepsRefusals: true });
    await create('r2', 'Someone else');
    await books.control.renameCustomer(REALM, '1', 'Nobody');

    expect(retried.status).toBe(200);
    expect((await create('r2', 'Someone else')).status).toBe(400);
  });

  it.each([
    ['ignore', '1'],
    ['replay', '2'],
  ] as const)('on /send, requestIdOnSend %s', async (requestIdOnSend, fromNow) => {
    await books.control.patchSwitches({ requestIdOnSend });
    await books.create('customer', { DisplayName: 'Buyer' });
    await books.create('invoice', invoiceOf('1', 5));
    const send = () => books.ask('POST', 'invoice/101/send?sendTo=a@b.example&requestid=s1');
    const first = await send();
    await books.control.advanceClock(1000);
    expect(first.status).toBe(200);
    expect((await send()).text === first.text ? '2' : '1').toBe(fromNow);
  });

  it('is forgotten in time, or on request', async () => {
    await create('r1', 'A');
    await books.control.forgetRequestIds(REALM);
    const forgotten = await create('r1', 'A');
    await create('r2', 'B');
    await books.control.advanceClock(25 * 3_600_000);

    expect(forgotten.status).toBe(400);
    expect((await create('r2', 'B')).status).toBe(400);
  });

  it('with another body replays, or is fault 600 where the switch says so', async () => {
    await create('r1', 'A');
    const replayed = await create('r1', 'B');
    await books.control.patchSwitches({ requestIdOtherBody: '600' });

    expect(replayed.body.Customer).toMatchObject({ DisplayName: 'A' });
    expect((await create('r1', 'B')).body.Fault).toMatchObject({ Error: [{ code: '600' }] });
    expect((await create('r1', 'A')).status).toBe(200);
  });

  it('has fifty characters at most', async () => {
    expect((await create('x'.repeat(50))).status).toBe(200);
    expect((await create('x'.repeat(51), 'Longer')).body.Fault).toMatchObject({ Error: [{ code: '2130' }] });
  });

  it('can be made to mean nothing', async () => {
    await create('r1');
    await books.control.patchSwitches({ requestIdMode: 'ignore' });
    expect((await create('r1')).body.Fault).toMatchObject({ Error: [{ code: '6240' }] });
  });
});

describe('the gateway', () => {
  const as = (bearer: string) =>
    books.ask('GET', 'customer/1', undefined, { authorization: `Bearer ${bearer}` });

  it.each([
    ['expired', 401, '3200', 'Token expired: expired'],
    ['nonsense', 401, '3200', 'Malformed bearer token: too short or too long'],
    ['revoked', 401, '3200', null],
  ])('refuses a token that is %s with %i', async (bearer, status, code, detail) => {
    const reply = await as(bearer);

    expect(reply.status).toBe(status);
    expect(reply.headers.get('intuit_tid')).toBeTruthy();
    expect(reply.body).toMatchObject({
      fault: { error: [{ code, detail, element: null }], type: 'AUTHENTICATION' },
      time: expect.any(Number),
    });
  });

  it('refuses another company with 403', async () => {
    const { realm_id: other } = await books.control.createCompany({ name: 'Other' });
    const response = await fetch(`${books.url}/v3/company/${other}/customer/1`, {
      headers: { authorization: 'Bearer good' },
    });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ fault: { error: [{ code: '3100' }], type: 'SERVICE' } });
  });

  it('answers in XML where the switch says so', async () => {
    await books.control.patchSwitches({ gatewayFormat: 'xml' });
    const reply = await as('expired');

    expect(reply.headers.get('content-type')).toBe('application/xml');
    expect(reply.text).toContain('<Error code="3200">');
  });

  it('finds nothing below a record, in the words of QuickBooks', async () => {
    const { status, body } = await books.ask('GET', 'customer/1/5');
    expect(status).toBe(400);
    const path = `/v3/company/${REALM}/customer/1/5`;
    expect(body.Fault).toMatchObject({
      Error: [
        {
          code: '500',
          Detail: expect.stringContaining(
            `Operation Could not find resource for relative : ${path} of full path: `,
          ),
        },
      ],
    });
  });

  it('knows no other methods and no other routes', async () => {
    expect((await books.ask('DELETE', 'customer/1')).status).toBe(405);
    expect((await books.ask('PUT', 'customer', {})).status).toBe(405);
    expect((await books.ask('GET', 'nonsense/1')).status).toBe(404);
    expect((await books.ask('POST', 'taxcode', { Name: 'x' })).body.Fault).toMatchObject({
      Error: [{ code: '500' }],
    });
  });

  it('answers a body that is not UTF-8 with 500', async () => {
    const reply = await fetch(`${books.url}/v3/company/${REALM}/customer`, {
      method: 'POST',
      headers: { authorization: 'Bearer good', 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect(reply.status).toBe(500);
  });
});

it('the journal says what a client sent wrong', async () => {
  await books.ask('POST', 'customer', { DisplayName: 'Ann', Balance: 5, Balanc: 1 });
  await books.ask('POST', 'customer', { DisplayName: 'Ann', FullyQualifiedName: 'Ann' });
  await books.ask('POST', 'customer', { DisplayName: 'Bob' });
  const BatchItemRequest = [{ bId: 'b1', Customer: { DisplayName: 'Bob' } }];
  await books.ask('POST', 'batch', { BatchItemRequest });
  await books.ask('GET', 'companyinfo/1', undefined, { authorization: 'Bearer nonsense' });
  const requests = (await (await fetch(`${books.url}/sandbox/requests`)).json()) as { wrong: string[] }[];
  expect(requests.map(({ wrong }) => wrong)).toEqual([
    [expect.stringMatching(/^2010 .*Balanc/)],
    ['FullyQualifiedName is set by the server and was left out'],
    [],
    [expect.stringMatching(/^b1: 6240 /)],
    [expect.stringMatching(/^3200 Malformed bearer token/)],
  ]);
});

describe('the limits', () => {
  const statuses = async (count: number, path = 'companyinfo/1', bearer = 'good'): Promise<number[]> => {
    const replies = await Promise.all(
      Array.from({ length: count }, () =>
        books.ask('GET', path, undefined, { authorization: `Bearer ${bearer}` }),
      ),
    );
    return replies.map((reply) => reply.status).toSorted((a, b) => a - b);
  };

  it('let ten requests a second through for an app, and count each app by itself', async () => {
    await books.control.patchSwitches({ limits: true });
    await books.control.setClock(new Date('2026-05-01T10:00:00Z'));
    const first = await statuses(12);
    const otherApp = await statuses(1, 'companyinfo/1', 'second-app');
    await books.control.advanceClock(1001);

    expect(first).toEqual([...Array<number>(10).fill(200), 429, 429]);
    expect(otherApp).toEqual([200]);
    expect(await statuses(1)).toEqual([200]);
  });

  it('let so many through a minute for a company, whoever asks', async () => {
    await books.control.patchSwitches({ limits: true, requestsPerMinute: 3, requestsPerSecond: 100 });
    const apps = [...(await statuses(2)), ...(await statuses(2, 'companyinfo/1', 'second-app'))];
    await books.control.advanceClock(60_001);

    expect(apps).toEqual([200, 200, 200, 429]);
    expect(await statuses(1)).toEqual([200]);
  });

  it('let so many batches through a minute', async () => {
    await books.control.patchSwitches({ limits: true, batchesPerMinute: 1 });
    const batch = () =>
      books.ask('POST', 'batch', { BatchItemRequest: [{ bId: '1', Query: 'select * from Item' }] });

    expect((await batch()).status).toBe(200);
    expect((await batch()).body).toMatchObject({ fault: { error: [{ code: '3001' }], type: 'SERVICE' } });
    expect(await statuses(1)).toEqual([200]);
  });

  it('say nothing about when to come back', async () => {
    await books.control.patchSwitches({ limits: true, requestsPerSecond: 0 });
    const reply = await books.ask('GET', 'companyinfo/1');
    expect(reply.status).toBe(429);
    expect(reply.headers.get('retry-after')).toBeNull();
  });

  it('are off by default in these tests (so those above are not vacuous)', async () => {
    expect(new Set(await statuses(30))).toEqual(new Set([200]));
  });
});

it('a report is read by its name, counted, and marked as of the new generation', async () => {
  const { status, body, headers } = await books.ask('GET', 'reports/AgedReceivables');
  expect(status).toBe(200);
  expect(body).toMatchObject({ Header: { ReportName: 'AgedReceivables' }, Columns: {}, Rows: {} });
  expect(headers.get('v3modernresponse')).toBe('true');
  expect(await books.control.calls(REALM)).toMatchObject({ operations: { 'report.agedreceivables': 1 } });
  expect((await books.ask('GET', 'reports/Guesswork')).status).toBe(400);
});
