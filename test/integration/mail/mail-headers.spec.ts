import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { type ReceivedMail, startMail, type TestMail } from '../../support/mail.js';
import { createOrg, type Person, someEmail, type TestOrg } from '../../support/people.js';
import { aDraft, ROOF } from '../../support/portal.js';

/** Ends the line it stands in, and begins headers and a body of its own. */
const MORE = '\r\nBcc: eve@evil.test\r\nX-Planted: 1\r\n\r\nplanted';

describe('The header of a mail', () => {
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
    app = await startApp({ databaseUrl: database.url, env: { SMTP_URL: mail.url } });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  /** The names of all headers of a message, up to where its body begins. */
  const headersOf = ({ source }: ReceivedMail): string[] =>
    source
      .split('\r\n\r\n', 1)[0]!
      .split('\r\n')
      .filter((line) => !/^[ \t]/.test(line))
      .map((line) => line.split(':', 1)[0]!.toLowerCase());
  const theOneTo = (email: string): Promise<ReceivedMail> =>
    eventually(() => {
      const [received] = mail.received.filter(({ to }) => to.includes(email));
      if (!received) throw new Error(`no mail to ${email} yet`);
      return Promise.resolve(received);
    });

  it.each([
    { what: 'a customer', path: '/customers', body: { email: `"a${MORE}"@acme.test` } },
    { what: 'a customer by name', path: '/customers', body: { email: 'a@b.test', full_name: `A${MORE}` } },
    { what: 'a lead', path: '/leads', body: { name: 'Roof', email: `"a${MORE}"@acme.test` } },
    {
      what: 'an invitation',
      path: '/users/invite',
      body: { email: `"a${MORE}"@acme.test`, full_name: 'Sam', roles: ['sales'] },
    },
    {
      what: 'an invitation by name',
      path: '/users/invite',
      body: { email: 'sam@acme.test', full_name: `Sam${MORE}`, roles: ['sales'] },
    },
    { what: 'a proposal', path: '/proposals', body: { name: `Roof${MORE}`, customer_id: 1, lines: ROOF } },
    { what: 'alerts', path: '/org/settings', body: { alert_email: `"a${MORE}"@acme.test` } },
    { what: 'a phone', path: '/org/settings', body: { company_phone: `1${MORE}` } },
  ])('is nothing that $what can go on with: it is refused', async ({ path, body }) => {
    const method = path === '/org/settings' ? 'PATCH' : 'POST';
    expect((await org.admin.send(method, path, body)).status).toBe(422);
  });

  it('is the same whatever names of the database hold, and it goes to nobody else', async () => {
    const honest = await mailsOf(org.admin);
    const { admin } = await createOrg(app, 'Roofing');
    await database.query(`update orgs set name = name || $2 where id = $1`, [admin.orgId, MORE]);
    await database.query(`update users set full_name = full_name || $2 where id = $1`, [admin.userId, MORE]);
    const planted = await mailsOf(admin, async (email) => {
      await database.query(`update leads set name = name || $2 where org_id = $1`, [admin.orgId, MORE]);
      await database.query(`update customers set full_name = full_name || $2 where email = $1`, [
        email,
        MORE,
      ]);
    });
    expect(planted.map(headersOf)).toEqual(honest.map(headersOf));
    expect(planted.flatMap(({ to }) => to)).toHaveLength(3);
    expect(planted.flatMap(headersOf)).not.toContain('x-planted');
    expect(planted.map(({ html }) => html.includes('planted'))).toEqual([true, true, true]); // it was in there
    expect(mail.received.filter(({ to }) => to.includes('eve@evil.test'))).toEqual([]);
  });

  /** The mails that an admin can have sent: a proposal, an invitation, a link to a new password. */
  async function mailsOf(
    admin: Person,
    plant?: (customer: string) => Promise<void>,
  ): Promise<ReceivedMail[]> {
    const [customer, invited] = [someEmail('customer'), someEmail('invited')];
    const proposalId = await aDraft(admin, { email: customer });
    await plant?.(customer);
    expect((await admin.post(`/portal/email/${proposalId}`)).status).toBe(202);
    const person = { email: invited, full_name: 'Sam', roles: ['sales'] };
    expect((await admin.post('/users/invite', person)).status).toBe(201);
    expect((await admin.post('/auth/password/forgot', { email: admin.email })).status).toBe(202);
    return Promise.all([customer, invited, admin.email].map(theOneTo));
  }
});
