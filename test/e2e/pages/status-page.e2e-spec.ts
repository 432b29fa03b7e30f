import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../support/browser.js';
import { aContractor, type Books, type Contractor, openBooks } from '../../support/books.js';
import { addPerson, createOrg, PASSWORD, type Person } from '../../support/people.js';

const PAGE = '/qbo/status/page';

describe('The page of the connection', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books, 'Acme <b>Roofing</b>');
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const signedIn = async ({ email }: Person): Promise<Browser> => {
    const browser = new Browser(books.app.url);
    await browser.open(`/auth/sign-in?return_to=${encodeURIComponent(PAGE)}`);
    expect((await browser.submit({ email, password: PASSWORD })).headers.get('location')).toBe(PAGE);
    return browser;
  };

  it('says of an organisation that has no company what that means, and leads on', async () => {
    const { admin, orgId } = await createOrg(books.app, 'Beta Roofing');
    const { status, html } = await (await signedIn(admin)).open(PAGE);
    const start = `href="/qbo/oauth/start?org_id=${orgId}"`;
    expect(status).toBe(200);
    for (const text of ['The connection of Beta Roofing.', 'never been connected', start])
      expect(html).toContain(text);
    expect(html).not.toContain('Settings of the company');
  });

  it('says which company it is, and what is to be mended in its settings once it was looked at', async () => {
    await books.control.setPreferences(contractor.realmId, { CustomTxnNumbers: false });
    const browser = await signedIn(contractor.admin);
    expect((await browser.open(PAGE)).html).toContain('It is connected.');
    const looked = await browser.submit({}, `${PAGE}/preflight`);
    expect([looked.status, looked.headers.get('location')]).toEqual([303, `${PAGE}?done=looked`]);
    const { html } = await browser.open(`${PAGE}?done=looked`);
    const wanted = (await contractor.admin.get('/qbo/preflight')).body.checks.filter(
      ({ ok }: { ok: boolean }) => !ok,
    ) as { next_step: string | null }[];
    expect(wanted.length).toBeGreaterThan(0);
    for (const text of [
      'The company was looked at just now.',
      contractor.realmId,
      'Acme &lt;b&gt;Roofing&lt;/b&gt;',
      ...wanted.flatMap(({ next_step }) => (next_step === null ? [] : [escaped(next_step)])),
    ])
      expect(html).toContain(text);
    expect(html).toMatch(/<summary>\d+ in order<\/summary>/);
  });

  it('lets who only looks look, and has nothing looked at by another site', async () => {
    const viewer = await signedIn(await addPerson(books.app, contractor.orgId, ['viewer']));
    expect((await viewer.open(PAGE)).html).not.toContain('<form');
    expect((await viewer.submit({}, `${PAGE}/preflight`)).status).toBe(403);
    const browser = await signedIn(contractor.admin);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const attack = await fetch(`${books.app.url}${PAGE}/preflight`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    });
    expect(attack.status).toBe(401);
  });

  it('says that a company is disconnected, and on a page why it cannot be looked at then', async () => {
    await contractor.admin.post('/qbo/disconnect');
    const browser = await signedIn(contractor.admin);
    const { html } = await browser.open(PAGE);
    expect(html).toContain('It is disconnected');
    expect(html).not.toContain('Settings of the company');
    const refused = await browser.submit({}, `${PAGE}/preflight`);
    expect([refused.status, refused.html.includes('Go to the connection')]).toEqual([409, true]);
  });
});

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
