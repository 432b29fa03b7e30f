import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, PASSWORD, type Person, type TestOrg } from '../../support/people.js';

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
    const severity = async (id: number) => (await org.admin.get(`/inbox/${id}`)).body.severity as string;
    expect([await severity(money), await severity(blocked)]).toEqual(['money', 'blocked']);
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
    expect((await browser.open(PAGE)).html).toContain('aria-label="Id of the customer in QuickBooks, or');
    const action = `${PAGE}/${id}/resolve`;
    const odd = await browser.submit({ qbo_id: 'CRM-7' }, action);
    expect([odd.status, odd.html.includes('Go to the inbox')]).toEqual([422, true]);
    expect(odd.html).toContain('the number after txnId= (of a customer after nameId=)');
    const ofOthers = await browser.submit(
      { qbo_id: 'https://app.qbo.intuit.com/app/invoice?txnId=145' },
      action,
    );
    expect([ofOthers.status, ofOthers.html]).toEqual([422, odd.html]);
    const page = 'https://app.qbo.intuit.com/app/customerdetail?nameId=145';
    const pasted = await browser.submit({ qbo_id: page }, action);
    const none = await browser.submit({ qbo_id: '145' }, action);
    expect([pasted.status, pasted.html]).toEqual([none.status, none.html]);
    expect([none.status, await stateOf(id)]).toEqual([expect.not.toSatisfy((one) => one === 303), 'open']);
  });

  it('shows what whoever is asked for help wants to know: the code of QuickBooks and the trace id', async () => {
    const id = await put('malformed', 'F.', 'together');
    await database.query(`update inbox_items set qbo_code = '10000', intuit_tid = '1-65<a' where id = $1`, [
      id,
    ]);
    const { html } = await (await signedIn(org.admin)).open(PAGE);
    expect(html).toContain(' · QuickBooks’ code 10000 · trace id 1-65&lt;a');
  });

  it('tries all of a kind again with one press, and shows which wait for their turn', async () => {
    const ids = [await put('books_closed', 'G.', 'together'), await put('books_closed', 'H.', 'together')];
    const browser = await signedIn(org.admin);
    const { html } = await browser.open(PAGE);
    expect(html.match(/value="books_closed"/g)).toHaveLength(2);
    expect(html.match(/value="books_closed">\n<button class="minor">Try all 2 of this kind</g)).toHaveLength(
      2,
    );
    const answer = await browser.submit({ code: 'books_closed' }, `${PAGE}/retry`);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${PAGE}?done=queued&tried=2&waiting=0&singly=0&more=0`,
    ]);
    expect((await browser.open(answer.headers.get('location')!)).html).toContain(
      '2 of the kind are tried again, one after the other',
    );
    const rows = await database.query<{ id: number }>(
      `select item_id::int as id from inbox_events where event = 'retried' and item_id = any($1) order by 1`,
      [ids],
    );
    const queued = await database.query(
      'select from inbox_items where id = any($1) and retry_queued_at is not null',
      [ids],
    );
    expect(new Set(rows.map((one) => one.id)).size + queued.length).toBeGreaterThanOrEqual(ids.length);
    const unknown = await browser.submit({ code: 'no_kind' }, `${PAGE}/retry`);
    expect(unknown.status).toBe(422);
  });

  it('says of a second press that nothing is tried twice, and how many are to be looked at one by one', async () => {
    const ids = [await put('throttled', 'I.', 'together'), await put('throttled', 'J.', 'together')];
    const singly = await put('throttled', 'K.', 'singly');
    const browser = await signedIn(org.admin);
    await database.query(
      'update inbox_items set retry_queued_at = now(), retry_queued_by = $2 where id = any($1)',
      [ids, org.admin.userId],
    );
    await database.query(
      `update inbox_items set retry_lease_token = 7, retry_lease_until = now() + interval '1 hour'
        where id = any($1)`,
      [ids],
    );
    expect((await browser.open(PAGE)).html).not.toContain('value="throttled"');
    const { headers } = await browser.submit({ code: 'throttled' }, `${PAGE}/retry`);
    const { html } = await browser.open(headers.get('location')!);
    expect(html).toContain(
      'Nothing was put in turn anew. 2 wait for their turn already, and are not tried twice. 1 has to be looked at ' +
        'by itself.',
    );
    await database.query(
      `update inbox_items set retry_queued_at = null, retry_queued_by = null, retry_lease_until = null
        where id = any($1)`,
      [[...ids, singly]],
    );
  });

  it('says how many of a kind are tried where there are more than one press takes', async () => {
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
       select $1, 'customer.update:' || n, 'stale', 'L.', 'n', 'together', now(), now()
         from generate_series(1, 503) n`,
      [org.orgId],
    );
    const browser = await signedIn(org.admin);
    expect((await browser.open(PAGE)).html).toContain('>Try 500 of the 503 of this kind<');
    const { headers } = await browser.submit({ code: 'stale' }, `${PAGE}/retry`);
    const { html } = await browser.open(headers.get('location')!);
    expect(html).toContain('500 of the kind are tried again');
    expect(html).toContain('One press takes no more: press again for the others.');
    await database.query(
      `update inbox_items set retry_queued_at = now(), retry_queued_by = $1, retry_lease_token = 7,
              retry_lease_until = now() + interval '1 hour'
        where code = 'stale'`,
      [org.admin.userId],
    );
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
       select $1, 'invoice.create:' || n, 'stale', 'M.', 'n', 'singly', now(), now()
         from generate_series(900001, 900504) n`,
      [org.orgId],
    );
    const last = await browser.submit({ code: 'stale' }, `${PAGE}/retry`);
    expect((await browser.open(last.headers.get('location')!)).html).toContain(
      'Nothing was put in turn anew. 503 wait for their turn already, and are not tried twice. 504 have to be looked ' +
        'at one by one.',
    );
    await database.query(`delete from inbox_events where item_id in (
      select id from inbox_items where code = 'stale')`);
    await database.query(`delete from inbox_items where code = 'stale'`);
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
