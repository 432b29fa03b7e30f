import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { type ReceivedMail, startMail, type TestMail } from '../../support/mail.js';
import { createOrg, PASSWORD, type Person, signIn, someEmail } from '../../support/people.js';
import { aDraft, aLink, openPage, ROOF, sendForm, versionIn } from '../../support/portal.js';
import { answerConsent, beginConsent, startQbo, type TestQbo } from '../../support/qbo.js';

const HOSTILE = `"><img src=x onerror=alert(1)>`;
const BROWSER = { accept: 'text/html' };

/** Every page and mail that shows what somebody typed, and those that are asked with what somebody typed. */
const SHOWING = [
  'sign-in that failed',
  'forgotten password, no address',
  'own account',
  'invitation',
  'offer',
  'offer, not signed',
  'approved',
  'change to approve',
  'change, not signed',
  'change approved',
  'consent to confirm',
  'connected',
  'inbox',
  'status of the company',
  'mail with a proposal',
  'mail with a reminder',
  'mail with an invitation',
  'mail with a new password',
] as const;
const ASKED = [
  'link of nobody',
  'payment of nobody',
  'new password of nobody',
  'invitation of nobody',
  'consent of nobody',
  'address of nobody',
] as const;
type Pages = Record<(typeof SHOWING)[number] | (typeof ASKED)[number], string>;

describe('A name with markup in it', () => {
  let database: TestDatabase;
  let mail: TestMail;
  let qbo: TestQbo;
  let app: TestApp;
  let honest: Pages;
  let hostile: Pages;

  beforeAll(async () => {
    [database, mail, qbo] = await Promise.all([cloneDatabase(), startMail(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: { ...qbo.env, SMTP_URL: mail.url } });
    honest = await pagesWith('Acme');
    hostile = await pagesWith(HOSTILE);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail, qbo, database].map((one) => one[Symbol.asyncDispose]()));
  });

  it.each(SHOWING)('is shown as letters: %s', (name) => {
    expect(tagsIn(hostile[name]).filter((tag) => !tagsIn(honest[name]).includes(tag))).toEqual([]);
    expect(hostile[name]).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it.each(ASKED)('adds nothing to a page that is asked with it: %s', (name) => {
    expect(tagsIn(hostile[name]).filter((tag) => !tagsIn(honest[name]).includes(tag))).toEqual([]);
    expect(hostile[name]).toContain('<h1>');
  });

  it('would be seen if it were markup (so that the tests above are not vacuous)', () => {
    expect(tagsIn(`<p title="${HOSTILE}">`)).toEqual(['p title', 'img src x onerror']);
    expect(tagsIn('<input value="" onfocus=alert(1) x="">')).toEqual(['input value onfocus x']);
  });

  /** All pages of an organisation in which every name, address and text that a person can give is this word. */
  async function pagesWith(word: string): Promise<Pages> {
    const { admin } = await createOrg(app, word);
    const papers = { company_address: word, company_phone: word, company_terms: word };
    expect((await admin.patch('/org/settings', papers)).status).toBe(200);
    expect((await admin.patch(`/users/${admin.userId}`, { full_name: word })).status).toBe(200);
    const mails = await mailsOf(admin, word);
    const token = /invitation\?token=([\w-]+)/.exec(mails['mail with an invitation'])![1]!;
    const asked = encodeURIComponent(word);
    const open = async (path: string): Promise<string> => (await openPage(app, path, BROWSER)).html;
    return {
      ...mails,
      ...(await offersOf(admin, word)),
      invitation: await open(`/auth/invitation?token=${token}`),
      ...(await signedInAs(admin, word)),
      'link of nobody': await open(`/portal/p/${asked}`),
      'payment of nobody': await open(`/portal/payment/done?session_id=${asked}`),
      'new password of nobody': await open(`/auth/new-password?token=${asked}`),
      'invitation of nobody': await open(`/auth/invitation?token=${asked}`),
      'consent of nobody': await open(
        `/qbo/oauth/callback?error=${asked}&error_description=${asked}&state=x`,
      ),
      'address of nobody': await open(`/portal/${asked}?${asked}`),
    };
  }

  async function mailsOf(admin: Person, word: string) {
    const [customer, invited] = [someEmail('customer'), someEmail('invited')];
    const proposalId = await aDraft(admin, { email: customer, name: word, customerName: word });
    await admin.post(`/portal/email/${proposalId}`);
    await admin.post('/users/invite', { email: invited, full_name: word, roles: ['sales'] });
    await admin.post('/auth/password/forgot', { email: admin.email });
    const reminded = await aReminder(admin, word);
    const htmlTo = async (email: string): Promise<string> =>
      eventually(() => {
        const received: ReceivedMail | undefined = mail.received.find(({ to }) => to.includes(email));
        if (!received) throw new Error(`no mail to ${email} yet`);
        return Promise.resolve(received.html);
      });
    return {
      'mail with a proposal': await htmlTo(customer),
      'mail with a reminder': await htmlTo(reminded),
      'mail with an invitation': await htmlTo(invited),
      'mail with a new password': await htmlTo(admin.email),
    };
  }

  /** To whom the reminder of an invoice goes whose number is this word, too. */
  async function aReminder(admin: Person, word: string): Promise<string> {
    const email = someEmail('reminded');
    const proposalId = await aDraft(admin, { email, name: word, customerName: word });
    await admin.post(`/proposals/${proposalId}/approve`);
    const [invoice] = await database.query<{ id: number }>(
      `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents, due_on)
       values ($1, $2::integer, 'progress', 'USD', 40000, '1', 'r' || $2, $3, 'open', 40000, 40000, 0, '2026-03-02')
       returning id`,
      [admin.orgId, proposalId, word],
    );
    expect((await admin.post(`/invoices/${invoice!.id}/remind`)).status).toBe(202);
    return email;
  }

  async function offersOf(admin: Person, word: string) {
    const lines = ROOF.map((line) => ({ ...line, description: word }));
    const id = await aDraft(admin, { name: word, customerName: word, lines });
    const { path } = await aLink(admin, id);
    const page = async (): Promise<string> => (await openPage(app, path)).html;
    const tooLong = word.padEnd(300, ' x');
    const offer = await page();
    const unsigned = (await sendForm(app, `${path}/approve`, { name: tooLong })).html;
    await sendForm(app, `${path}/approve`, { name: word, version: versionIn(offer) });
    const approved = await page();
    expect((await admin.post(`/proposals/${id}/change-orders`, { description: word, lines })).status).toBe(
      201,
    );
    const change = await page();
    const action = `${path}/change-orders/1/approve`;
    const changeUnsigned = (await sendForm(app, action, { name: tooLong, version: versionIn(change) })).html;
    await sendForm(app, action, { name: word, version: versionIn(change) });
    return {
      offer,
      'offer, not signed': unsigned,
      approved,
      'change to approve': change,
      'change, not signed': changeUnsigned,
      'change approved': await page(),
    };
  }

  /** What somebody sees who signs in by an address and with a browser that are named so, too. */
  async function signedInAs({ userId, orgId }: Person, word: string) {
    const email = `"${word.replaceAll('"', '')}${userId}"@acme.test`;
    await database.query('update users set email = $2 where id = $1', [userId, email]);
    const browser = new Browser(app.url, { 'user-agent': `${word} Mozilla/5.0 ${word}` });
    await browser.open(`/auth/sign-in?return_to=/${encodeURIComponent(word)}`);
    const failed = await browser.submit({ email: word, password: word });
    await browser.open('/auth/forgotten-password');
    const forgotten = await browser.submit({ email: word }, '/auth/forgotten-password');
    await browser.open('/auth/sign-in');
    await browser.submit({ email, password: PASSWORD });
    const account = await browser.open('/auth/account', BROWSER);
    expect(account.status).toBe(200);
    const { realm_id: realmId } = await qbo.control.createCompany({ name: word });
    const program = await signIn(app, email);
    await browser.open(await answerConsent(await beginConsent(program), { realmId }), BROWSER);
    const confirm = await browser.open('/qbo/oauth/confirm', BROWSER);
    await browser.submit({}, '/qbo/oauth/confirm');
    const connected = await browser.open('/qbo/oauth/result', BROWSER);
    await database.query('update qbo_tokens set last_error = $2 where org_id = $1', [orgId, word]);
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values ($1, 'invoice:1', 'validation', $2, $2, now(), now())`,
      [orgId, `QuickBooks says: ${word}`],
    );
    const inbox = await browser.open('/inbox/page', BROWSER);
    const status = await browser.open('/qbo/status/page', BROWSER);
    return {
      'sign-in that failed': failed.html,
      'forgotten password, no address': forgotten.html,
      'own account': account.html,
      'consent to confirm': confirm.html,
      connected: connected.html,
      inbox: inbox.html,
      'status of the company': status.html,
    };
  }
});

/** Each tag of a page with the names of its attributes; values in quotes do not count. */
function tagsIn(html: string): string[] {
  return [...html.matchAll(/<[a-z](?:"[^"]*"|[^">])*>/gi)].map(([tag]) =>
    [...tag.replaceAll(/"[^"]*"/g, '').matchAll(/[a-z][\w-]*(?=[=\s/>])/gi)].map(([name]) => name).join(' '),
  );
}
