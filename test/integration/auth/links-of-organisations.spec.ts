import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, joinOrg, PASSWORD, type Person, type TestOrg } from '../../support/people.js';
import { aDraft } from '../../support/portal.js';

const BROWSER = { accept: 'text/html' };
const SWITCH = '/auth/account/switch';

describe('A link about one of the organisations of a person', () => {
  let database: TestDatabase;
  let app: TestApp;
  let alpha: TestOrg;
  let beta: TestOrg;
  let foreign: TestOrg;
  let person: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    alpha = await createOrg(app, 'Alpha <b>Roofing</b>');
    beta = await createOrg(app, 'Beta Roofing');
    foreign = await createOrg(app, 'Foreign Roofing');
    person = await addPerson(app, beta.orgId, ['finance']);
    await joinOrg(app, person, alpha.orgId, ['finance']);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** In Beta, where the person was last. */
  const inBeta = async (): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: person.email, password: PASSWORD });
    await browser.submit({ org_id: String(beta.orgId) }, SWITCH);
    return browser;
  };
  const offerOf = (orgId: number, path: string): string =>
    `${SWITCH}?org_id=${orgId}&return_to=${encodeURIComponent(path)}`;

  it.each(['/inbox/page', '/qbo/status/page', '/why/proposals', '/why/customers'])(
    'says which, where the browser is in another one, and leads on in that one: %s',
    async (page) => {
      const proposalId = await aDraft(alpha.admin);
      const { customer_id: customerId } = (await alpha.admin.get(`/proposals/${proposalId}`)).body;
      const id = { '/why/proposals': `/${proposalId}`, '/why/customers': `/${customerId}` }[page] ?? '';
      const path = `${page}${id}?org_id=${alpha.orgId}`;
      const browser = await inBeta();
      const led = await browser.open(path, BROWSER);
      expect([led.status, led.headers.get('location')]).toEqual([302, offerOf(alpha.orgId, path)]);
      const { status, html } = await browser.open(offerOf(alpha.orgId, path), BROWSER);
      expect(status).toBe(200);
      expect(html).toContain('about <b>Alpha &lt;b&gt;Roofing&lt;/b&gt;</b>, and this browser works in Beta');
      const there = await browser.submit({}, SWITCH);
      expect([there.status, there.headers.get('location')]).toEqual([303, path]);
      expect((await browser.open(path, BROWSER)).status).toBe(200);
    },
  );

  it('decides nothing by a form of a page that is still open, and leads back to that page', async () => {
    const [row] = await database.query<{ id: number }>(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values ($1, 'invoice.drift:1', 'invoice_drift', 'A.', 'B.', now(), now()) returning id::int as id`,
      [alpha.orgId],
    );
    const browser = await inBeta();
    await browser.submit({ org_id: String(alpha.orgId) }, SWITCH);
    const action = `/inbox/page/${row!.id}/dismiss?org_id=${alpha.orgId}`;
    expect((await browser.open('/inbox/page', BROWSER)).html).toContain(`action="${action}"`);
    await browser.submit({ org_id: String(beta.orgId) }, SWITCH); // in another tab
    const led = await browser.submit({}, action);
    const page = `/inbox/page?org_id=${alpha.orgId}`;
    expect([led.status, led.headers.get('location')]).toEqual([303, offerOf(alpha.orgId, page)]);
    await browser.open(offerOf(alpha.orgId, page), BROWSER);
    expect((await browser.submit({}, SWITCH)).headers.get('location')).toBe(page);
    expect((await browser.submit({}, action)).headers.get('location')).toBe('/inbox/page?done=dismissed');
  });

  it('shows the page where it is the one the browser is in, and where it names none', async () => {
    const browser = await inBeta();
    for (const query of [
      '',
      `?org_id=${beta.orgId}`,
      '?org_id=',
      '?org_id=x',
      '?org_id=0',
      '?org_id=1&org_id=2',
    ])
      expect([query, (await browser.open(`/inbox/page${query}`, BROWSER)).status]).toEqual([query, 200]);
  });

  it('tells nothing of one that does not let them in', async () => {
    const browser = await inBeta();
    const pages = [];
    for (const orgId of [foreign.orgId, 999_999]) {
      const path = `/inbox/page?org_id=${orgId}`;
      expect((await browser.open(path, BROWSER)).headers.get('location')).toBe(offerOf(orgId, path));
      pages.push((await browser.open(offerOf(orgId, path), BROWSER)).html);
    }
    expect(pages[0]).toBe(pages[1]);
    expect(pages[0]).toContain('about an organisation that you are not in');
    expect(pages[0]).not.toContain('Foreign');
  });

  it('tells a program that it is about another one', async () => {
    const path = `/why/proposals/7?org_id=${alpha.orgId}`;
    const { status, body } = await beta.admin.get(path, { accept: 'application/json' });
    expect([status, body.code]).toEqual([409, 'other_organisation']);
  });

  it.each([
    '//evil.test',
    '/qbo/oauth/start?replace_company=true',
    '/why/../qbo/oauth/start?replace_company=true',
    '/inbox/page/%2e%2e/../qbo/oauth/start',
  ])(
    'leads to pages of an organisation alone, which others cannot have made up: not to %s',
    async (place) => {
      const browser = await inBeta();
      const { html } = await browser.open(offerOf(alpha.orgId, place), BROWSER);
      expect(html).toContain('name="return_to" value="/auth/account"');
      const there = await browser.submit({ org_id: String(alpha.orgId), return_to: place }, SWITCH);
      expect(there.headers.get('location')).toBe('/auth/account?done=switch');
    },
  );

  it('leads to the account where the form is loaded anew', async () => {
    const browser = await inBeta();
    await browser.submit({ org_id: String(alpha.orgId) }, SWITCH);
    for (const path of [SWITCH, offerOf(alpha.orgId, '/auth/account')])
      expect((await browser.open(path, BROWSER)).headers.get('location')).toBe('/auth/account');
  });
});
