import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { addPerson, createOrg, PASSWORD, type Person, type TestOrg } from '../support/people.js';

const PAGE = '/inbox/page';

describe('The page of the inbox', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app, 'Acme <b>Roofing</b>');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const signedIn = async ({ email }: Person, returnTo = PAGE): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open(`/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    const answer = await browser.submit({ email, password: PASSWORD });
    expect(answer.headers.get('location')).toBe(returnTo);
    return browser;
  };
  const put = async (code: string, reason: string, retry: string | null = null): Promise<number> => {
    const [row] = await database.query<{ id: number }>(
      `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
       values ($1, 'customer.create:' || (900000 + floor(random() * 90000)::int), $2, $3, 'Do <i>this</i>.', $4,
               '2026-03-02T05:30:00Z', now()) returning id::int as id`,
      [org.orgId, code, reason, retry],
    );
    return row!.id;
  };
  const stateOf = async (id: number) => (await org.admin.get(`/inbox/${id}`)).body.state as string;

  it('is where the link of an alert leads, by way of the sign-in, and says that nothing waits', async () => {
    const stranger = await new Browser(app.url).open(PAGE, { accept: 'text/html' });
    const signIn = '/auth/sign-in?return_to=%2Finbox%2Fpage';
    expect([stranger.status, stranger.headers.get('location')]).toEqual([302, signIn]);
    const { status, html } = await (await signedIn(org.admin)).open(PAGE);
    expect(status).toBe(200);
    expect(html).toContain('Nothing waits for anybody.');
    expect(html).toContain('Acme &lt;b&gt;Roofing&lt;/b&gt;');
  });

  it('shows what waits, money first, by the day of the company, and what to do', async () => {
    const blocked = await put('subscription', 'Renew <b>it</b>.', 'together');
    const money = await put('dispute_lost', 'The bank took $900.00.');
    const { html } = await (await signedIn(org.admin)).open(PAGE);
    expect(html.indexOf(`id="item-${money}"`)).toBeLessThan(html.indexOf(`id="item-${blocked}"`));
    for (const text of ['Renew &lt;b&gt;it&lt;/b&gt;.', 'Do &lt;i&gt;this&lt;/i&gt;.', 'since March 1, 2026'])
      expect(html).toContain(text);
    expect(html).toContain(`${PAGE}/${blocked}/retry`);
    expect(html).not.toContain(`${PAGE}/${money}/retry`);
  });

  it('decides from a form of its own, and from no other site', async () => {
    const [resolved, dismissed] = [await put('invoice_drift', 'A.'), await put('invoice_drift', 'B.')];
    const browser = await signedIn(org.admin);
    const foreign = await browser.open(PAGE);
    expect(foreign.status).toBe(200);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const attack = await fetch(`${app.url}${PAGE}/${resolved}/resolve`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    });
    expect([attack.status, await stateOf(resolved)]).toEqual([401, 'open']);
    const answer = await browser.submit({}, `${PAGE}/${resolved}/resolve`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${PAGE}?done=resolved`]);
    await browser.submit({}, `${PAGE}/${dismissed}/dismiss`);
    expect([await stateOf(resolved), await stateOf(dismissed)]).toEqual(['resolved', 'dismissed']);
    expect((await browser.open(answer.headers.get('location')!)).html).toContain('It is resolved.');
    const gone = await browser.submit({}, `${PAGE}/${resolved}/resolve`);
    expect([gone.status, gone.html.includes('Go to the inbox')]).toEqual([409, true]);
  });

  it('says what came of another try', async () => {
    const id = await put('subscription', 'C.', 'together');
    const browser = await signedIn(org.admin);
    const answer = await browser.submit({}, `${PAGE}/${id}/retry`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${PAGE}?done=not_done`]);
    expect((await browser.open(`${PAGE}?done=not_done`)).html).toContain('did not work');
  });

  it('takes the id of the document that a person found, and says what is wrong with another', async () => {
    const id = await put('uncertain', 'E.', 'singly');
    const browser = await signedIn(org.admin);
    expect((await browser.open(PAGE)).html).toContain('aria-label="Id of the customer in QuickBooks"');
    const odd = await browser.submit({ qbo_id: 'CRM-7' }, `${PAGE}/${id}/resolve`);
    expect([odd.status, odd.html.includes('Go to the inbox')]).toEqual([422, true]);
    const none = await browser.submit({ qbo_id: '145' }, `${PAGE}/${id}/resolve`);
    expect([none.status, await stateOf(id)]).toEqual([expect.not.toSatisfy((one) => one === 303), 'open']);
  });

  it('lets who only looks look, and decide nothing', async () => {
    const id = await put('invoice_drift', 'D.');
    const viewer = await signedIn(await addPerson(app, org.orgId, ['viewer']));
    const { html } = await viewer.open(PAGE);
    expect(html).toContain(`id="item-${id}"`);
    expect(html).not.toContain('<form');
    expect((await viewer.submit({}, `${PAGE}/${id}/dismiss`)).status).toBe(403);
    expect(await stateOf(id)).toBe('open');
  });
});
