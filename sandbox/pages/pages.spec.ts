import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Company } from '../books/company.ts';
import { textOf } from '../books/json.ts';
import { writeRecord } from '../books/write-record.ts';
import { TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestMerchant } from '../stripe/test-merchant.ts';
import { html } from './html.ts';
import { invoiceStateOf } from './company-rows.ts';

let sandbox: Sandbox;
let company: Company;
let invoiceId: string;

beforeEach(async () => {
  sandbox = await startSandbox({ companies: [{ realmId: '1', name: 'Roofs & Gutters', fixtures: true }] });
  company = [...sandbox.world.companies.values()][0]!;
  const customer = writeRecord(company, 'create', 'Customer', { DisplayName: '<b>Eve</b> "O\'Hara"' });
  const invoice = writeRecord(company, 'create', 'Invoice', {
    CustomerRef: { value: textOf(customer, 'Id') },
    DocNumber: 'R-77',
    Line: [
      {
        Amount: 100,
        DetailType: 'SalesItemLineDetail',
        SalesItemLineDetail: { ItemRef: { value: '1' } },
      },
    ],
  });
  invoiceId = textOf(invoice, 'Id') ?? '';
});
afterEach(() => sandbox.close());

const page = async (path = '/'): Promise<string> => (await fetch(`${sandbox.url}${path}`)).text();

const press = (path: string, form: Record<string, string> = {}, site = 'same-origin'): Promise<Response> =>
  fetch(`${sandbox.url}/pages/1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'sec-fetch-site': site },
    redirect: 'manual',
  });

/** The table row of our invoice, tags stripped. */
async function row(): Promise<string> {
  const text = await page();
  const start = text.indexOf(`<tr data-invoice="${invoiceId}"`);
  return text.slice(start, text.indexOf('</tr>', start)).replaceAll(/<[^>]*>|\s+/g, ' ');
}

describe('the start page', () => {
  it('shows each invoice with its customer, state, total, balance and due date', async () => {
    expect(await row()).toMatch(/R-77 .*Eve.* open .*\$100\.00 .*\$100\.00 .*20\d\d-\d\d-\d\d/);
  });

  it('escapes what the books say', async () => {
    const text = await page();
    expect(text).toContain('&lt;b&gt;Eve&lt;/b&gt; &quot;O&#39;Hara&quot;');
    expect(text).not.toContain('<b>Eve');
    expect(text).toContain('<title>Roofs &amp; Gutters</title>');
  });

  it('runs no script', async () => {
    const answer = await fetch(sandbox.url);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).not.toContain('<script');
  });
});

describe('the bookkeeper', () => {
  it('receives a payment in full', async () => {
    const answer = await press(`invoices/${invoiceId}/receive-payment`);
    expect(answer.headers.get('location')).toBe('/?realm=1&done=paid');
    expect(await row()).toMatch(/ paid .*\$100\.00 .*\$0\.00 /);
  });

  it('receives a payment in part', async () => {
    await press(`invoices/${invoiceId}/receive-payment`, { amount: '30.50' });
    expect(await row()).toMatch(/ partly paid .*\$100\.00 .*\$69\.50 /);
  });

  it('deletes a payment that bounced, and the invoice is open again', async () => {
    await press(`invoices/${invoiceId}/receive-payment`);
    const payment = company.store.all('Payment').at(-1);
    await press(`payments/${textOf(payment, 'Id')}/delete`);
    expect(await row()).toMatch(/ open .*\$100\.00 .*\$100\.00 /);
  });

  it('voids an invoice', async () => {
    await press(`invoices/${invoiceId}/void`);
    expect(await row()).toMatch(/ voided .*\$0\.00 .*\$0\.00 /);
  });

  it('shows the reason when it cannot be done', async () => {
    const answer = await press('invoices/99999/void');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Object Not Found');
  });

  it('does nothing for a form on another site', async () => {
    expect((await press(`invoices/${invoiceId}/void`, {}, 'cross-site')).status).toBe(403);
    expect(await row()).toContain('open');
  });
});

describe('the other pages', () => {
  it.each([
    '/pages/reports',
    '/pages/accounts',
    '/pages/stripe',
    '/pages/drills',
    '/pages/connections',
    '/pages/webhooks',
    '/pages/calls',
    '/pages/control',
  ])('%s opens', async (path) => {
    const answer = await fetch(`${sandbox.url}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('QuickBooks sandbox');
  });

  it('show a report of the books, on the basis and for the period asked for', async () => {
    const sheet = await page('/pages/reports?realm=1');
    expect(sheet).toContain('Roofs &amp; Gutters: BalanceSheet');
    expect(sheet).toContain('Total Assets');
    const journal = await page('/pages/reports?realm=1&report=JournalReport&start=1900-01-01&basis=Cash');
    expect(journal).toContain('R-77');
    expect((await fetch(`${sandbox.url}/pages/reports?start=soon&end=soon`)).status).toBe(400);
    expect((await fetch(`${sandbox.url}/pages/reports?report=Guesswork`)).status).toBe(400);
  });

  it('list every control route', async () => {
    const text = await page('/pages/control');
    for (const path of ['/sandbox/oauth/grant', '/sandbox/webhooks/redeliver', '/connect/oauth2'])
      expect(text).toContain(path);
  });

  it('show what the app did', async () => {
    const app = new TestApp(sandbox.url);
    const { access_token } = await app.granted('1');
    await app.apiStatus(access_token, '1');
    expect(await page('/pages/calls')).toContain('companyinfo');
    expect(await page('/pages/connections')).toContain('sandbox-client');
  });
});

describe('an invoice', () => {
  const today = '2026-03-10';
  it.each([
    { state: 'open', invoice: { TotalAmt: 10, Balance: 10, DueDate: '2026-03-10' } },
    { state: 'overdue', invoice: { TotalAmt: 10, Balance: 10, DueDate: '2026-03-09' } },
    { state: 'partly paid', invoice: { TotalAmt: 10, Balance: 4, DueDate: '2026-04-01' } },
    { state: 'paid', invoice: { TotalAmt: 10, Balance: 0, DueDate: '2026-01-01' } },
    { state: 'voided', invoice: { TotalAmt: 0, Balance: 0, PrivateNote: 'Voided' } },
    { state: 'zero', invoice: { TotalAmt: 0, Balance: 0 } },
  ])('is $state by its own fields', ({ state, invoice }) => {
    expect(invoiceStateOf(invoice, today)).toBe(state);
  });
});

it('markup escapes strings, keeps markup, joins lists and leaves nothing of null and false', () => {
  const inner = html`<i>${'a&b'}</i>`;
  expect(html`${inner}${['<', inner]}${null}${false}${0}`.toString()).toBe(
    '<i>a&amp;b</i>&lt;<i>a&amp;b</i>0',
  );
});

describe('what is behind the books', () => {
  it('shows each account with its balance, and what a document posted', async () => {
    expect(await page('/pages/accounts')).toContain('Accounts Receivable (A/R)');
    const posted = (await page(`/pages/documents/Invoice/${invoiceId}`)).replaceAll(/<[^>]*>|\s+/g, ' ');
    expect(posted).toMatch(/Accounts Receivable \(A\/R\) .*100\.00 .*Services .*100\.00 .*Total .*100\.00/);
    expect(await page('/pages/documents/Invoice/999999')).toContain('Nothing is posted');
  });

  it('moves the clock and plans failures by button', async () => {
    const before = sandbox.world.clock.now().getTime();
    const send = (path: string, form: Record<string, string>): Promise<Response> =>
      fetch(`${sandbox.url}/pages/drills/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    await send('clock', { advance_ms: '86400000' });
    expect(sandbox.world.clock.now().getTime() - before).toBeGreaterThanOrEqual(86_400_000);
    await send('faults', { kind: '500', operation: 'invoice.create', when: 'after', times: '2' });
    expect(sandbox.world.faults.list()).toMatchObject([
      { kind: '500', operation: 'invoice.create', times: 2 },
    ]);
    expect(await page('/pages/drills')).toContain('invoice.create');
    await send('forget', {});
    expect(sandbox.world.faults.list()).toEqual([]);
  });

  it('pays Stripe’s balance out, and the bank shows it when it arrives', async () => {
    const merchant = new TestMerchant(sandbox.url);
    await merchant.press(await merchant.session(), 'pay');
    const send = (path: string, form: Record<string, string> = {}): Promise<Response> =>
      fetch(`${sandbox.url}/pages/stripe/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    await send('payout');
    const payout = /po_\w+/.exec(await page('/pages/stripe'))![0];
    expect(await page('/pages/stripe')).not.toContain('STRIPE TRANSFER');
    await send('payout-status', { payout, status: 'paid' });
    expect(await page('/pages/stripe')).toContain('STRIPE TRANSFER');
    const again = await send('payout');
    expect(again.status).toBe(400);
    expect(await again.text()).toContain('insufficient funds');
  });
});
