import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink, openPage, sendForm } from '../../support/portal.js';

describe("The customer's page", () => {
  const clock = new FakeClock('2026-03-03T05:30:00Z'); // the evening before in Denver
  let database: TestDatabase;
  let app: TestApp;
  let seller: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    const env = { PORTAL_PUBLIC_URL: 'https://pay.acme.test/portal' };
    app = await startApp({ databaseUrl: database.url, clock, env });
    ({ admin: seller } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const eventsOf = async (id: number): Promise<string[]> => {
    const events = await database.query<{ event: string }>(
      'select event from portal_activity where proposal_id = $1 order by id',
      [id],
    );
    return events.map(({ event }) => event);
  };

  it('tells who offers what to whom, line by line, in the days of the company', async () => {
    const { html, status } = await openPage(app, (await aLink(seller, await aDraft(seller))).path);
    expect(status).toBe(200);
    for (const fact of [
      'Acme Roofing',
      'Roof replacement, 412 Aspen Way',
      'Prepared for Maria Ruiz',
      'March 2, 2026',
      '24.5',
      '$385.00',
      '$9,432.50',
      '-$250.00',
      '$12,245.00',
      'Deposit (30%)',
      '$3,673.50',
      'April 1, 2026',
    ]) {
      expect(html).toContain(fact);
    }
  });

  it('asks for the deposit that the company set', async () => {
    const { admin } = await createOrg(app);
    await admin.patch('/org/settings', { deposit_percent: 12.5, time_zone: 'Europe/Berlin' });
    const { html } = await openPage(app, (await aLink(admin, await aDraft(admin))).path);
    expect(html).toContain('Deposit (12.5%)');
    expect(html).toContain('$1,530.63');
    expect(html).toContain('March 3, 2026');
  });

  it.each([
    { currency: 'JPY', cents: 120_000_00, total: '¥120,000', deposit: '¥36,000' },
    { currency: 'EUR', cents: 99_999, total: '€999.99', deposit: '€300.00' },
  ])('speaks $currency', async ({ currency, cents, total, deposit }) => {
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: cents }];
    const link = await aLink(seller, await aDraft(seller, { currency, lines }));
    const html = (await openPage(app, link.path)).html.replaceAll('\u{a0}', '&nbsp;');
    expect(html).toContain(total);
    expect(html).toContain(deposit);
  });

  it('shows hostile names as the letters they are', async () => {
    const evil = `<script>alert(1)</script>"><img src=x onerror=alert(1)>'&`;
    const { admin } = await createOrg(app, evil);
    const lines = [{ description: evil, quantity: 2, unit_price_cents: 50_000 }];
    const proposalId = await aDraft(admin, { name: evil, customerName: evil, lines });
    const link = await aLink(admin, proposalId);
    const open = await openPage(app, link.path);
    const again = await sendForm(app, `${link.path}/approve`, { name: `${evil}\n` + 'x'.repeat(200) });
    expect(again.status).toBe(422);
    await sendForm(app, `${link.path}/approve`, { name: evil });
    const approved = await openPage(app, link.path);
    expect(approved.html).toContain('by &lt;script&gt;');
    const honest = await aLink(seller, await aDraft(seller));
    const known = tagsOf((await openPage(app, honest.path)).html);
    for (const { html } of [open, again, approved]) {
      expect(tagsOf(html).filter((tag) => !known.includes(tag))).toEqual([]);
      expect(html).not.toMatch(/="[^"]*<(?:script|img)/);
    }
  });

  it('lets a browser do nothing but show it and send its forms', async () => {
    const { path } = await aLink(seller, await aDraft(seller));
    for (const one of [await openPage(app, path), await openPage(app, '/portal/p/unknown')]) {
      const policy = one.headers.get('content-security-policy')!;
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; /,
      );
      expect(policy).toContain(`form-action 'self' https://pay.acme.test https://checkout.stripe.com`);
      expect(policy).toContain(`frame-ancestors 'none'`);
      expect(policy).not.toContain('unsafe');
      expect(one.headers.get('referrer-policy')).toBe('no-referrer');
      expect(one.headers.get('cache-control')).toBe('no-store');
      expect(one.headers.get('x-robots-tag')).toContain('noindex');
      expect(one.headers.get('x-content-type-options')).toBe('nosniff');
      expect(one.headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
  });

  it('is logged as seen once a day for each link, however often it is looked at', async () => {
    const proposalId = await aDraft(seller);
    const [one, two] = [await aLink(seller, proposalId), await aLink(seller, proposalId)];
    await Promise.all(Array.from({ length: 10 }, () => openPage(app, one.path)));
    clock.advance({ minutes: 5 });
    await openPage(app, one.path);
    expect(await eventsOf(proposalId)).toEqual(['view']);
    await openPage(app, two.path);
    expect(await eventsOf(proposalId)).toEqual(['view', 'view']);
    clock.advance({ hours: 2 }); // past midnight in Denver
    await openPage(app, one.path);
    expect(await eventsOf(proposalId)).toEqual(['view', 'view', 'view']);
    const [seen] = await database.query('select last_viewed_at from portal_links where id = $1', [one.id]);
    expect(seen).toEqual({ last_viewed_at: clock.now() });
    clock.set('2026-03-03T05:30:00Z');
  });

  it('is not seen by what only asks whether it is there, or fetches ahead', async () => {
    const proposalId = await aDraft(seller);
    const { path } = await aLink(seller, proposalId);
    expect((await fetch(`${app.url}${path}`, { method: 'HEAD' })).status).toBe(200);
    await openPage(app, path, { 'sec-purpose': 'prefetch' });
    expect(await eventsOf(proposalId)).toEqual([]);
  });

  it.each([
    { from: 'another site', headers: { 'sec-fetch-site': 'cross-site', origin: 'null' } },
    { from: 'a neighbour of ours', headers: { 'sec-fetch-site': 'same-site' } },
    { from: 'another site in an old browser', headers: { origin: 'https://evil.test' } },
  ])('takes no form from $from', async ({ headers }) => {
    const proposalId = await aDraft(seller);
    const { path } = await aLink(seller, proposalId);
    for (const form of ['approve', 'pay']) {
      const answer = await sendForm(
        app,
        `${path}/${form}`,
        { name: 'Maria Ruiz' },
        headers as Record<string, string>,
      );
      expect(answer.status).toBe(403);
      expect(answer.html).toContain('did not come from your proposal');
    }
    expect(await eventsOf(proposalId)).toEqual([]);
  });

  it('says that a withdrawn proposal is withdrawn, and offers nothing', async () => {
    const proposalId = await aDraft(seller);
    const { path } = await aLink(seller, proposalId);
    await seller.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
    const { html } = await openPage(app, path);
    expect(html).toContain('This proposal was withdrawn.');
    expect(html).not.toContain('<form');
    expect((await sendForm(app, `${path}/approve`, { name: 'Maria Ruiz' })).status).toBe(409);
    const pay = await sendForm(app, `${path}/pay`);
    expect([pay.status, pay.headers.get('location')]).toEqual([303, path]);
  });

  it('tells by an approved proposal that the invoice is paid, however it was', async () => {
    const proposalId = await aDraft(seller);
    const { path } = await aLink(seller, proposalId);
    await seller.post(`/proposals/${proposalId}/approve`);
    expect((await openPage(app, path)).html).toContain('Pay deposit of $3,673.50');
    await database.query(
      `update leads set qbo_invoice_id = '9', qbo_invoice_number = 'CRM-9', qbo_status = 'Paid' where id = $1`,
      [proposalId],
    );
    await database.query(`update invoices set state = 'paid' where proposal_id = $1`, [proposalId]);
    const { html } = await openPage(app, path);
    expect(html).toContain('Invoice CRM-9 paid.');
    expect(html).not.toContain('<form');
  });

  it('says that a payment is being confirmed only where one was begun', async () => {
    const proposalId = await aDraft(seller);
    const { path } = await aLink(seller, proposalId);
    await seller.post(`/proposals/${proposalId}/approve`);
    expect((await openPage(app, `${path}?paid=1`)).html).toContain('Pay deposit of');
    const pay = await sendForm(app, `${path}/pay`);
    expect(pay.status).toBe(303);
    expect(pay.headers.get('location')).toContain('https://pay.acme.test/portal/dev-checkout/');
    const waiting = (await openPage(app, `${path}?paid=1`)).html;
    expect(waiting).toContain('We are confirming your payment');
    expect(waiting).toContain('<meta http-equiv="refresh" content="3">');
    expect((await openPage(app, path)).html).not.toMatch(/http-equiv="refresh"|confirming/);
    clock.advance({ minutes: 16 });
    expect((await openPage(app, `${path}?paid=1`)).html).not.toContain('http-equiv="refresh"');
    clock.set('2026-03-03T05:30:00Z');
  });

  it('pays in dev mode and comes back to the receipt, by the cookie of the browser alone', async () => {
    const proposalId = await aDraft(seller);
    const { path, token } = await aLink(seller, proposalId);
    await seller.post(`/proposals/${proposalId}/approve`);
    const pay = await sendForm(app, `${path}/pay`);
    const cookie = pay.headers.getSetCookie().find((one) => one.startsWith('portal_page='))!;
    expect(cookie).toMatch(/Path=\/portal\/return; HttpOnly; SameSite=Lax/);
    const checkout = new URL(pay.headers.get('location')!).pathname;
    const paid = await sendForm(app, checkout);
    const back = new URL(paid.headers.get('location')!);
    expect(back.href).not.toContain(token);
    const home = await openPage(app, back.pathname + back.search, { cookie: cookie.split(';')[0]! });
    expect([home.status, home.headers.get('location')]).toEqual([303, `${path}?paid=1`]);
    const { html } = await openPage(app, `${path}?paid=1`);
    expect(html).toMatch(
      /Receipt[\s\S]*\$3,673\.50[\s\S]*March 2, 2026 at 10:30 PM MST[\s\S]*pi_dev_[\s\S]*\$8,571\.50/,
    );
    expect(html).not.toContain('http-equiv="refresh"');
    const elsewhere = await openPage(app, back.pathname + back.search);
    expect(elsewhere.headers.get('location')).toMatch(/^\/portal\/payment\/done\?session_id=dev_/);
    const other = await aLink(seller, await aDraft(seller));
    const wrong = await openPage(app, back.pathname + back.search, { cookie: `portal_page=${other.token}` });
    expect(wrong.headers.get('location')).toMatch(/^\/portal\/payment\/done/);
    const rows = await database.query('select request from checkout_sessions');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('is where each of two tabs comes back to, from paying and from leaving the payment page', async () => {
    const tabs = [];
    const cookies = new Map<string, string>();
    for (let tab = 0; tab < 2; tab += 1) {
      const proposalId = await aDraft(seller);
      const { path } = await aLink(seller, proposalId);
      await seller.post(`/proposals/${proposalId}/approve`);
      const pay = await sendForm(app, `${path}/pay`);
      for (const line of pay.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        cookies.set(name!, value!);
      }
      tabs.push({ proposalId, path, checkout: new URL(pay.headers.get('location')!).pathname });
    }
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const [first, second] = tabs;
    const [row] = await database.query<{ request: { cancel_url: string } }>(
      'select request from checkout_sessions where proposal_id = $1',
      [first!.proposalId],
    );
    const left = new URL(row!.request.cancel_url);
    const back = await openPage(app, left.pathname + left.search, { cookie });
    expect(back.headers.get('location')).toBe(first!.path);
    const unknown = await openPage(app, '/portal/return?left=999999', { cookie });
    expect(unknown.headers.get('location')).toBe('/portal/payment/cancelled');
    const before = await openPage(app, '/portal/return', { cookie }); // a page that was opened before it said which
    expect(before.headers.get('location')).toBe(second!.path);
    const paid = new URL((await sendForm(app, first!.checkout)).headers.get('location')!);
    const home = await openPage(app, paid.pathname + paid.search, { cookie });
    expect(home.headers.get('location')).toBe(`${first!.path}?paid=1`);
  });

  it('is asked sixty times a minute and not more, without harm to others', async () => {
    const [one, two] = [await aLink(seller, await aDraft(seller)), await aLink(seller, await aDraft(seller))];
    const answers = await Promise.all(Array.from({ length: 61 }, () => openPage(app, one.path)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.html).toContain('One moment, please');
    expect((await sendForm(app, `${one.path}/approve`, { name: 'Maria' })).status).toBe(429);
    expect((await openPage(app, `${one.path}.`)).status).toBe(429); // the same link, as a sentence ends with it
    expect((await openPage(app, two.path)).status).toBe(200);
  });
});

/** The names of all tags in a page. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<([a-z]\w*)/gi)].map(([, tag]) => tag!.toLowerCase());
}
