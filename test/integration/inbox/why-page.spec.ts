import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, PASSWORD, type TestOrg } from '../../support/people.js';
import { aDraft } from '../../support/portal.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('The page that says why', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let proposalId: number;
  let browser: Browser;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    proposalId = await aDraft(org.admin);
    browser = new Browser(app.url);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('is where an alert about a proposal leads, by way of the sign-in, and says what programs hear', async () => {
    const path = `/why/proposals/${proposalId}`;
    const stranger = await browser.open(path, BROWSER);
    const signIn = `/auth/sign-in?return_to=${encodeURIComponent(path)}`;
    expect([stranger.status, stranger.headers.get('location')]).toEqual([302, signIn]);
    await browser.open(signIn);
    const back = await browser.submit({ email: org.admin.email, password: PASSWORD });
    expect(back.headers.get('location')).toBe(path);
    const { status, html } = await browser.open(path, BROWSER);
    expect(status).toBe(200);
    const { answer } = (await org.admin.get(`/proposals/${proposalId}/why`)).body;
    const { name, customer_name: customer } = (await org.admin.get(`/proposals/${proposalId}`)).body;
    expect(html).toContain(`<p class="quiet">${name} · ${customer}</p>`);
    for (const text of [`<h1>Proposal ${proposalId}</h1>`, answer, 'href="/inbox/page"'])
      expect(html).toContain(text);
  });

  it('says it of a customer, too', async () => {
    const { customer_id: id } = (await org.admin.get(`/proposals/${proposalId}`)).body;
    const { answer, next_step: nextStep } = (await org.admin.get(`/customers/${id}/why`)).body;
    const { html } = await browser.open(`/why/customers/${id}`, BROWSER);
    expect(html).toContain(answer);
    expect(nextStep).toContain('/qbo/oauth/start');
    expect(html).toContain(`<a href="/qbo/oauth/start?org_id=${org.orgId}">`);
  });

  it('is a page where there is nothing, or it is of others', async () => {
    const foreign = await aDraft((await createOrg(app)).admin);
    for (const path of [
      `/why/proposals/${foreign}`,
      '/why/customers/999999',
      '/why/proposals/x',
      '/why/me',
    ]) {
      const { status, html, headers } = await browser.open(path, BROWSER);
      expect([path, status]).toEqual([path, path.endsWith('/x') ? 400 : 404]);
      expect(headers.get('content-type')).toContain('text/html');
      expect(html).toContain('href="/inbox/page"');
    }
  });
});
