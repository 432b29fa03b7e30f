import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import type { InvoiceDraft } from '../../../src/qbo-sync/api/model/qbo-objects.js';
import type { CallResult } from '../../../src/qbo-sync/api/pipeline/qbo-http-pipeline.service.js';
import { factsOf } from '../../../src/qbo-sync/api/mappers/reading/invoice-facts.js';
import type { IsKnown } from '../../../src/qbo-sync/api/model/qbo-objects.js';
import { SdkClient } from '../../../src/qbo-sync/api/http/sdk.client.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, type TestOrg } from '../../support/people.js';
import { connect, endPauses, REALM, startQbo, type TestQbo } from '../../support/qbo.js';

/** What a write answered, without its trace id. */
const valueOf = async <T>(call: Promise<CallResult<T>>): Promise<T> => (await call).value;

describe('QuickBooks, called', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let org: TestOrg;
  let client: QboClient;
  let company: QboCompany;

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: { ...qbo.env, QBO_REQUEST_TIMEOUT_MS: '4000' } });
    org = await createOrg(app);
    await connect(app, org.admin);
    client = app.app.get(QboClient);
    company = await app.app.get(ConnectionService).requireCompany(org.orgId);
  });

  afterEach(() => qbo.control.clearFaults());

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const aCustomer = (name = `Eva ${randomUUID()}`) =>
    valueOf(client.customers.create(company, { displayName: name, email: 'eva@acme.test' }, randomUUID()));

  const aDraft = async (docNumber = randomUUID().slice(0, 20)): Promise<InvoiceDraft> => {
    const item = (await client.items.findByName(company, 'Services'))!;
    const { id: customerId } = await aCustomer();
    const lines = [{ itemId: item.id, description: 'Tear-off', amountCents: 123_456 }];
    const [txnDate, dueDate] = ['2026-11-22', '2026-12-06'];
    return { customerId, docNumber, txnDate, dueDate, privateNote: 'crm', lines };
  };

  const attempts = async (operation: string) =>
    (await qbo.control.requests({ realm_id: REALM, limit: 500 })).filter(
      (entry) => entry.operation === operation,
    );

  it('keeps a customer through its life', async () => {
    const name = `O'Neil \\ Söhne & 50% "Dächer" + #1 ${randomUUID()}`;
    const made = await valueOf(
      client.customers.create(
        company,
        { displayName: name, givenName: 'Eva', familyName: 'Ott', email: 'Eva@Acme.test', phone: '+1 555' },
        randomUUID(),
      ),
    );
    expect(made).toMatchObject({ displayName: name, email: 'Eva@Acme.test', phone: '+1 555', active: true });
    const changed = await valueOf(
      client.customers.update(company, { id: made.id, syncToken: '0', familyName: 'Otto' }),
    );
    expect(changed).toMatchObject({ familyName: 'Otto', givenName: 'Eva', syncToken: '1' });
    expect(await client.customers.get(company, made.id)).toEqual(changed);
    expect(await client.customers.findByDisplayName(company, name)).toMatchObject({ read: [changed] });
    const stale = valueOf(
      client.customers.update(company, { id: made.id, syncToken: '0', familyName: 'Late' }),
    );
    await expect(stale).rejects.toMatchObject({ kind: 'stale', detail: { code: '5010' } });
    const gone = await valueOf(
      client.customers.update(company, { id: made.id, syncToken: '1', active: false }),
    );
    expect(await client.customers.findByDisplayName(company, gone.displayName)).toMatchObject({
      read: [gone],
    });
  });

  it('clears what a patch sets to null', async () => {
    const { id, syncToken } = await aCustomer();
    const cleared = await valueOf(client.customers.update(company, { id, syncToken, email: null }));
    expect(cleared.email ?? '').toBe('');
  });

  it('takes what people type for one literal, whatever it looks like', async () => {
    expect(await client.customers.findByDisplayName(company, String.raw`\' OR Id > '0`)).toMatchObject({
      read: [],
    });
    const [asked] = (await attempts('customer.query')).slice(-1);
    expect(decodeURIComponent(asked!.url)).toContain(
      String.raw`DisplayName = '\\\' OR Id > \'0' AND Active IN`,
    );
  });

  it('says that a name is taken', async () => {
    const { displayName } = await aCustomer();
    await expect(aCustomer(displayName)).rejects.toMatchObject({
      kind: 'duplicate_name',
      detail: { code: '6240', intuitTid: expect.any(String) },
    });
  });

  it('finds or makes the item and the account of a line', async () => {
    expect(await client.items.findByName(company, 'Roof Deposit')).toBeNull();
    const account = (await client.accounts.findIncome(company))!;
    expect(account.accountType).toBe('Income');
    const draft = { name: 'Roof Deposit', incomeAccountId: account.id };
    const item = await valueOf(client.items.create(company, draft, randomUUID()));
    expect(await client.items.findByName(company, 'roof deposit')).toEqual(item);
  });

  it('makes an invoice, finds it by number and id, and voids it', async () => {
    const draft = await aDraft();
    const invoice = await valueOf(client.invoices.create(company, draft, randomUUID()));
    expect(invoice).toMatchObject({
      docNumber: draft.docNumber,
      customerId: draft.customerId,
      totalCents: 123_456,
      balanceCents: 123_456,
      dueDate: '2026-12-06',
      currency: 'USD',
    });
    expect(await client.invoices.get(company, invoice.id)).toEqual(invoice);
    expect(await client.invoices.findByDocNumber(company, draft.docNumber)).toMatchObject({
      read: [invoice],
    });
    expect(await client.invoices.findByIds(company, [invoice.id, '999999', invoice.id])).toMatchObject({
      read: [invoice],
    });
    const voided = await valueOf(client.invoices.void(company, invoice, randomUUID()));
    expect(voided).toMatchObject({
      totalCents: 0,
      balanceCents: 0,
      privateNote: expect.stringMatching(/^Voided/),
    });
  });

  it('makes one invoice for one requestid, however often it is asked', async () => {
    const [draft, requestId] = [await aDraft(), randomUUID()];
    const [first, second] = [
      await valueOf(client.invoices.create(company, draft, requestId)),
      await valueOf(client.invoices.create(company, draft, requestId)),
    ];
    expect(second.id).toBe(first.id);
    expect((await client.invoices.findByDocNumber(company, draft.docNumber)).read).toHaveLength(1);
  });

  it('asks for two hundred and fifty invoices in three calls', async () => {
    const before = (await attempts('invoice.query')).length;
    await client.invoices.findByIds(
      company,
      Array.from({ length: 250 }, (_, index) => String(index + 1)),
    );
    expect((await attempts('invoice.query')).length - before).toBe(3);
  });

  it('tells what changed, what was deleted, and by whose clock', async () => {
    const since = new Date((await qbo.control.clock()).now);
    const [kept, deleted] = [
      await valueOf(client.invoices.create(company, await aDraft(), randomUUID())),
      await valueOf(client.invoices.create(company, await aDraft(), randomUUID())),
    ];
    const paid = await qbo.control.receivePayment(REALM, kept.id, { amount: 1000 });
    await qbo.control.deleteInvoice(REALM, deleted.id);
    const changes = await client.changesSince(company, since);
    expect(changes.invoices).toContainEqual(
      expect.objectContaining({ id: kept.id, object: expect.objectContaining({ balanceCents: 23_456 }) }),
    );
    expect(changes.invoices).toContainEqual({ id: deleted.id, deleted: true });
    expect(changes.payments.map(({ id }) => id)).toContain(paid.Id);
    expect(changes.complete).toBe(true);
    expect(Math.abs(changes.asOf.getTime() - Date.now())).toBeLessThan(60_000);
    expect(await client.payments.get(company, paid.Id)).toMatchObject({
      applications: [{ invoiceId: kept.id, amountCents: 100_000 }],
    });
  });

  it('counts and lists the invoices from a day on, a page at a time and in the order of their ids', async () => {
    const made = [];
    for (let times = 0; times < 3; times += 1) {
      made.push(await valueOf(client.invoices.create(company, await aDraft(), randomUUID())));
    }
    const all = await client.invoices.count(company, '1970-01-01');
    const records = await qbo.control.records(REALM, 'Invoice');
    expect(all).toBe(records.filter((record) => record.status !== 'Deleted').length);

    const page = (startPosition: number, isKnown: IsKnown = () => false, fromDay = '1970-01-01') =>
      client.invoices.list(company, { fromDay, startPosition }, isKnown);
    const [first, ...rest] = (await page(1)).invoices;
    expect(1 + rest.length).toBe(all);
    expect((await page(2)).invoices).toEqual(rest);
    const others = await page(
      1,
      (invoice) => invoice.facts === factsOf(first!).facts && invoice.id === first!.id,
    );
    expect(others).toMatchObject({ known: [first!.id], invoices: rest });
    const ids = [first!, ...rest].map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    expect(await client.invoices.count(company, '2099-01-01')).toBe(0);
    expect(await page(1, () => false, '2099-01-01')).toEqual({
      known: [],
      invoices: [],
      unreadable: [],
      full: false,
    });

    const asked = [made[0]!.id, made[2]!.id, '999999'];
    const byIds = await client.invoices.listByIds(company, asked, () => false);
    expect(byIds.invoices.map(({ id }) => id).toSorted()).toEqual([made[0]!.id, made[2]!.id].toSorted());
  });

  it('tells which invoices are known from the compared facts, which is all that it asks for', async () => {
    const [first, ...rest] = (
      await client.invoices.list(company, { fromDay: '1970-01-01', startPosition: 1 }, () => false)
    ).invoices;
    const answers = vi.spyOn(app.app.get(SdkClient), 'send');
    const isKnown: IsKnown = ({ id, facts }) => id === first!.id && facts === factsOf(first!).facts;
    const position = { fromDay: '1970-01-01', startPosition: 1 };
    expect(await client.invoices.listKnown(company, position, isKnown)).toEqual({
      known: [first!.id],
      unknown: rest.length,
      full: false,
    });
    const answer = await answers.mock.results[0]!.value;
    expect(answer).toMatchObject({ text: expect.stringContaining('"SyncToken"') });
    expect(answer).toMatchObject({ text: expect.not.stringContaining('"Line"') });
    answers.mockRestore();
  });

  it('knows the company and how it keeps its books', async () => {
    expect((await client.company.info(company)).companyName).toBe('Sandbox Company_US_1');
    expect(await client.company.preferences(company)).toMatchObject({
      homeCurrency: 'USD',
      multiCurrency: false,
    });
  });

  it('sends the same requestid again when the token was refused in between', async () => {
    await qbo.oauth('expire-access', { realm_id: REALM });
    const [draft, requestId] = [await aDraft(), randomUUID()];
    await qbo.control.planFault({ operation: 'invoice.create', kind: '401_xml' });
    await valueOf(client.invoices.create(company, draft, requestId));
    const sent = (await attempts('invoice.create')).slice(-2);
    expect(sent.map(({ requestid, status }) => [requestid, status])).toEqual([
      [requestId, 401],
      [requestId, 200],
    ]);
  });

  it('gives up at the second 401 and keeps the connection', async () => {
    await qbo.control.planFault({ operation: 'invoice.read', kind: '401', times: 10 });
    const before = (await attempts('invoice.read')).length;
    await expect(client.invoices.get(company, '1')).rejects.toMatchObject({
      kind: 'transient',
      detail: { httpStatus: 401 },
    });
    expect((await attempts('invoice.read')).length - before).toBe(2);
    const status = (await org.admin.get('/qbo/status')).body;
    expect(status).toMatchObject({ connected: true, last_error: expect.stringContaining('401') });
  });

  it.each([
    ['timeout', 'after', 'uncertain'],
    ['timeout', 'before', 'uncertain'],
    ['reset', 'after', 'uncertain'],
    ['truncated', 'after', 'uncertain'],
    ['503_html', 'before', 'uncertain'],
    ['500', 'before', 'uncertain'],
    ['malformed', 'after', 'uncertain'],
    ['429_xml', 'before', 'throttled'],
    ['429', 'before', 'throttled'],
    ['403', 'before', 'forbidden'],
  ] as const)('calls a write with %s %s the books were touched %s', async (kind, when, expected) => {
    const [draft, requestId] = [await aDraft(), randomUUID()];
    await qbo.control.planFault({ operation: 'invoice.create', kind, when });
    const lost = valueOf(client.invoices.create(company, draft, requestId));
    await expect(lost).rejects.toMatchObject({ kind: expected, detail: { operation: 'invoice.create' } });
    await endPauses(database);
    await valueOf(client.invoices.create(company, draft, requestId));
    expect((await client.invoices.findByDocNumber(company, draft.docNumber)).read).toHaveLength(1);
  });

  it.each([
    ['timeout', 'transient'],
    ['reset', 'transient'],
    ['503_html', 'transient'],
    ['truncated', 'transient'],
    ['malformed', 'malformed'],
  ] as const)('calls a read with %s %s', async (kind, expected) => {
    await qbo.control.planFault({ operation: 'invoice.query', kind });
    await expect(client.invoices.findByIds(company, ['1'])).rejects.toMatchObject({ kind: expected });
  });

  it('makes one request for each call, and none to read again what it wrote', async () => {
    const draft = await aDraft();
    await qbo.control.resetCalls();
    await valueOf(client.invoices.create(company, draft, randomUUID()));
    expect((await qbo.control.calls(REALM)).operations).toEqual({ 'invoice.create': 1 });
  });

  it('counts its calls by operation, and whether Intuit meters them', async () => {
    const { body } = await anyone(app).get<string>('/metrics');
    expect(body).toMatch(
      /crm_qbo_api_requests_total{operation="invoice.create",status_class="2xx",metered="false"} \d/,
    );
    expect(body).toMatch(/crm_qbo_api_requests_total{operation="cdc",status_class="2xx",metered="true"} \d/);
    expect(body).toMatch(
      /crm_qbo_api_requests_total{operation="invoice.create",status_class="none",metered="false"} \d/,
    );
    expect(body).toMatch(
      new RegExp(`crm_qbo_api_errors_total{org_id="${org.orgId}",operation="invoice.create"} \\d`),
    );
  });
});
