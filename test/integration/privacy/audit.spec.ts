import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCustomer, anApprovedProposal, anInvoicedProposal, type Contractor } from '../../support/books.js';
import { dayInZone } from '../../../src/platform/time/calendar-day.js';
import { aContractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { addPerson, type Answer, anyone, PASSWORD, type Session, someEmail } from '../../support/people.js';
import { AuthenticatorApp, turnFactorOn } from '../../support/totp.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

interface Entry {
  at: string;
  actor: { id: number; email: string; full_name: string } | null;
  action: string;
  subject: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  ip: string | null;
  request_id: string | null;
}

/** Routes that write nothing down, and why. */
const SILENT: Record<string, string> = {
  'POST /auth/refresh': 'goes on with a sign-in; one used twice is written down, see below',
  'POST /auth/password/forgot':
    'nobody has proven who they are; the password that may follow is written down',
  'POST /auth/forgotten-password': 'the form of POST /auth/password/forgot',
  'POST /auth/account/name': 'the form of PATCH /auth/me; both change it in one place',
  'POST /auth/account/password': 'the form of POST /auth/password',
  'POST /auth/account/sessions/end': 'the form of DELETE /auth/sessions/{id}',
  'POST /auth/account/switch': 'the form of POST /auth/switch',
  'POST /auth/account/sign-out': 'the form of POST /auth/logout',
  'POST /auth/account/sign-out-everywhere': 'the form of POST /auth/logout_all',
  'POST /qbo/status/page/preflight': 'the form of POST /qbo/preflight',
  'POST /inbox/page/retry': 'the form of POST /inbox/retry',
  'POST /inbox/page/{id}/retry': 'the form of POST /inbox/{id}/retry',
  'POST /inbox/page/{id}/resolve': 'the form of POST /inbox/{id}/resolve',
  'POST /inbox/page/{id}/dismiss': 'the form of POST /inbox/{id}/dismiss',
  'POST /auth/invitation': 'the form of POST /auth/invitations/accept',
  'POST /auth/new-password': 'the form of POST /auth/password/reset; both replace it in one place',
  'POST /auth/totp/setup': 'nothing is asked for before it is confirmed, which is written down',
  'POST /auth/account/confirm': 'the form of POST /auth/confirm',
  'POST /auth/account/second-factor/setup': 'the form of POST /auth/totp/setup',
  'POST /auth/account/second-factor/confirm': 'the form of POST /auth/totp/confirm',
  'POST /auth/account/second-factor/disable': 'the form of POST /auth/totp/disable',
  'POST /auth/sign-in/code': 'the second step of POST /auth/sign-in',
  'POST /auth/sign-in': 'the form of POST /auth/login; both begin a sign-in in one place',
  'POST /reports/aging/compare':
    'changes nothing that a person decides; what it finds is an item of the inbox',
  'POST /payments/webhook': 'Stripe tells, nobody asks: stripe_events',
  'POST /qbo/webhooks': 'QuickBooks tells, nobody asks: qbo_events',
  'POST /portal/dev-checkout/{session}': 'the customer pays at the mock of Stripe: portal_activity',
  'POST /portal/p/{token}/approve': 'the same approval, by a customer: see below',
  'POST /portal/p/{token}/change-orders/{number}/approve': 'the same approval of a change, by a customer',
  'POST /portal/p/{token}/pay': 'the same payment page, by a customer',
  'POST /bills/{id}/lines/{line}/allocate': 'written down, with a bill to do it to: bills.e2e-spec.ts',
  'POST /bills/{id}/lines/{line}/reject': 'written down, with a bill to do it to: bills.e2e-spec.ts',
  'POST /reports/revenue/compare': 'reads QuickBooks and changes nothing',
  'POST /qbo/preflight': 'looks at the connected company and changes nothing',
  'POST /qbo/oauth/confirm': 'goes on with a consent; the connection it leads to is written down',
  'POST /qbo/sync/invoice/poll_all': 'reads QuickBooks earlier than the timetable would',
  'POST /qbo/sync/invoice/{proposal_id}/check': 'reads QuickBooks earlier than the timetable would',
};

describe('The audit log', () => {
  let books: BooksWithStripe;
  let mail: TestMail;
  let contractor: Contractor;
  let admin: Contractor['admin'];

  beforeAll(async () => {
    mail = await startMail();
    books = await startBooksWithStripe({ SMTP_URL: mail.url, MAIL_FROM: 'crm@acme.test' });
    contractor = await aContractor(books);
    admin = contractor.admin;
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
  });

  const log = async (query = ''): Promise<Entry[]> =>
    (await admin.get(`/audit${query}`)).body.items as Entry[];
  const entriesOf = async (answer: Answer<unknown>): Promise<Entry[]> =>
    (await log('?limit=200')).filter(({ request_id: id }) => id === answer.headers.get('x-request-id'));
  const aLead = async (): Promise<number> =>
    (await admin.post('/leads', { name: 'Roof of 3 Oak Lane' })).body.id as number;
  const aDraft = async (): Promise<number> => {
    const lines = [{ description: 'New roof', quantity: 1, unit_price_cents: 500_000 }];
    const customerId = await aCustomer(contractor);
    return (await admin.post('/proposals', { name: 'Roof', customer_id: customerId, lines })).body
      .id as number;
  };
  const anInvoice = async (): Promise<number> => {
    const { proposalId } = await anInvoicedProposal(contractor);
    return (await admin.get(`/invoices?proposal_id=${proposalId}`)).body.items[0].id as number;
  };
  const anInboxItem = async (): Promise<number> => {
    const [row] = await books.database.query<{ id: number }>(
      `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
       values ($1, 'customer.create:' || $2, 'books_closed', 'r', 'n', 'together', now(), now()) returning id`,
      [contractor.orgId, await aCustomer(contractor)],
    );
    return row!.id;
  };

  /** One doing of each route that changes something, and the action it is written down as. */
  const aChangeOrder = (id: number): Promise<Answer<unknown>> =>
    admin.post(`/proposals/${id}/change-orders`, {
      description: 'A skylight',
      lines: [{ description: 'Skylight', quantity: 1, unit_price_cents: 45_000 }],
    });

  const DEEDS: Record<string, { action: string; run: () => Promise<Answer<unknown>> }> = {
    'POST /auth/login': {
      action: 'sign_in.succeeded',
      run: () => anyone(books.app).post('/auth/login', { email: admin.email, password: PASSWORD }),
    },
    'POST /auth/logout': {
      action: 'sign_in.ended',
      run: async () => (await addPerson(books.app, contractor.orgId, ['viewer'])).post('/auth/logout', {}),
    },
    'POST /auth/switch': {
      action: 'sign_in.switched',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        return person.post('/auth/switch', { org_id: contractor.orgId });
      },
    },
    'POST /auth/confirm': {
      action: 'sign_in.confirmed',
      run: () => admin.post('/auth/confirm', { password: PASSWORD }),
    },
    'POST /auth/totp/confirm': {
      action: 'second_factor.enabled',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        const { secret } = (await person.post('/auth/totp/setup')).body as { secret: string };
        return person.post('/auth/totp/confirm', { totp: new AuthenticatorApp(secret).code() });
      },
    },
    'POST /auth/totp/disable': {
      action: 'second_factor.disabled',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        const { phone } = await turnFactorOn(person);
        return person.post('/auth/totp/disable', { password: PASSWORD, totp: phone.nextCode() });
      },
    },
    'DELETE /users/{id}/totp': {
      action: 'second_factor.reset',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        await turnFactorOn(person);
        return admin.send('DELETE', `/users/${person.userId}/totp`);
      },
    },
    'POST /auth/logout_all': {
      action: 'sign_in.all_ended',
      run: async () =>
        (await addPerson(books.app, contractor.orgId, ['viewer'])).post('/auth/logout_all', {}),
    },
    'POST /auth/password': {
      action: 'user.password_set',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        const body = { current_password: PASSWORD, new_password: 'gravel-moss-chimney-3' };
        return person.post('/auth/password', body);
      },
    },
    'POST /auth/password/reset': {
      action: 'user.password_set',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        const token = randomBytes(32).toString('base64url');
        await books.database.query(
          `insert into account_tokens (id, purpose, user_id, token_hash, created_at, expires_at)
           values (gen_random_uuid(), 'password_reset', $1, sha256(convert_to($2, 'UTF8')), now(), '2100-01-01')`,
          [person.userId, token],
        );
        const body = { token, new_password: 'gravel-moss-chimney-3' };
        return anyone(books.app).post('/auth/password/reset', body);
      },
    },
    'DELETE /auth/sessions/{id}': {
      action: 'sign_in.ended',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        const [session] = (await person.get('/auth/sessions')).body.items as { id: string }[];
        return person.send('DELETE', `/auth/sessions/${session!.id}`);
      },
    },
    'POST /users': {
      action: 'user.created',
      run: () =>
        admin.post('/users', {
          email: someEmail(),
          full_name: 'Sue Acme',
          password: 'shingles-by-the-dozen-7',
          roles: ['sales'],
        }),
    },
    'POST /users/invite': {
      action: 'user.invited',
      run: () => admin.post('/users/invite', { email: someEmail(), full_name: 'Sue Acme', roles: ['sales'] }),
    },
    'DELETE /users/invitations/{id}': {
      action: 'user.invitation_revoked',
      run: async () => {
        const asked = { email: someEmail(), full_name: 'Sue Acme', roles: ['sales'] };
        const { id } = (await admin.post('/users/invite', asked)).body;
        return admin.send('DELETE', `/users/invitations/${id}`);
      },
    },
    'POST /auth/invitations/accept': {
      action: 'user.invitation_accepted',
      run: async () => {
        const token = randomBytes(32).toString('base64url');
        await books.database.query(
          `insert into invitations
             (org_id, id, email, full_name, roles, token_hash, invited_by, created_at, expires_at)
           values ($1, gen_random_uuid(), $2, 'Sue Acme', '{sales}', sha256(convert_to($4, 'UTF8')), $3, now(),
             '2100-01-01')`,
          [contractor.orgId, someEmail(), admin.userId, token],
        );
        return anyone(books.app).post('/auth/invitations/accept', {
          token,
          password: 'gravel-moss-chimney-3',
        });
      },
    },
    'PATCH /auth/me': {
      action: 'user.updated',
      run: async () => {
        const person = await addPerson(books.app, contractor.orgId, ['viewer']);
        return person.patch('/auth/me', { full_name: 'Samira Ruiz' });
      },
    },
    'PATCH /users/{id}': {
      action: 'user.updated',
      run: async () => {
        const { userId } = await addPerson(books.app, contractor.orgId, ['viewer']);
        return admin.patch(`/users/${userId}`, { roles: ['finance'] });
      },
    },
    'PATCH /org/settings': {
      action: 'settings.updated',
      run: () => admin.patch('/org/settings', { deposit_percent: 35 }),
    },
    'POST /customers': {
      action: 'customer.created',
      run: () => admin.post('/customers', { email: someEmail('ann') }),
    },
    'PATCH /customers/{id}': {
      action: 'customer.updated',
      run: async () => admin.patch(`/customers/${await aCustomer(contractor)}`, { phone: '555-0199' }),
    },
    'POST /customers/{id}/erase': {
      action: 'customer.erased',
      run: async () => admin.post(`/customers/${await aCustomer(contractor)}/erase`),
    },
    'POST /users/{id}/erase': {
      action: 'user.erased',
      run: async () => {
        const { userId } = await addPerson(books.app, contractor.orgId, ['viewer']);
        await admin.patch(`/users/${userId}`, { is_active: false });
        return admin.post(`/users/${userId}/erase`);
      },
    },
    'POST /customers/{id}/match': {
      action: 'customer.match_decided',
      run: async () => admin.post(`/customers/${await aCustomer(contractor)}/match`, { action: 'exclude' }),
    },
    'POST /leads': { action: 'lead.created', run: () => admin.post('/leads', { name: 'Roof' }) },
    'PATCH /leads/{id}': {
      action: 'lead.updated',
      run: async () => admin.patch(`/leads/${await aLead()}`, { notes: 'Two storeys' }),
    },
    'POST /proposals': {
      action: 'proposal.created',
      run: async () =>
        admin.post('/proposals', {
          name: 'Roof',
          customer_id: await aCustomer(contractor),
          lines: [{ description: 'New roof', quantity: 1, unit_price_cents: 500_000 }],
        }),
    },
    'PATCH /proposals/{id}': {
      action: 'proposal.updated',
      run: async () => admin.patch(`/proposals/${await aDraft()}`, { name: 'Roof and gutters' }),
    },
    'POST /proposals/{id}/approve': {
      action: 'proposal.approved',
      run: async () => admin.post(`/proposals/${await aDraft()}/approve`),
    },
    'PUT /proposals/{id}/contract/schedule': {
      action: 'contract.rescheduled',
      run: async () => {
        const entries = [{ kind: 'progress', percent: 20, milestone: 'Dried in' }];
        return admin.send('PUT', `/proposals/${await anApprovedProposal(contractor)}/contract/schedule`, {
          entries,
        });
      },
    },
    'POST /proposals/{id}/complete': {
      action: 'contract.completed',
      run: async () =>
        admin.post(`/proposals/${await anApprovedProposal(contractor)}/complete`, {
          completed_on: '2026-03-02',
        }),
    },
    'POST /proposals/{id}/change-orders': {
      action: 'change_order.created',
      run: async () => aChangeOrder(await anApprovedProposal(contractor)),
    },
    'POST /proposals/{id}/change-orders/{number}/approve': {
      action: 'change_order.approved',
      run: async () => {
        const id = await anApprovedProposal(contractor);
        await aChangeOrder(id);
        return admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'By telephone' });
      },
    },
    'POST /proposals/{id}/change-orders/{number}/void': {
      action: 'change_order.voided',
      run: async () => {
        const id = await anApprovedProposal(contractor);
        await aChangeOrder(id);
        return admin.post(`/proposals/${id}/change-orders/1/void`);
      },
    },
    'POST /proposals/{id}/contract/entries/{number}/reached': {
      action: 'contract.milestone_reached',
      run: async () => {
        await admin.patch('/org/settings', { revenue_policy: 'milestone' });
        const id = await anApprovedProposal(contractor);
        const entries = [{ kind: 'progress', percent: 40, milestone: 'Shingles are on' }];
        await admin.put(`/proposals/${id}/contract/schedule`, { entries });
        return admin.post(`/proposals/${id}/contract/entries/2/reached`, { reached_on: '2026-03-02' });
      },
    },
    'PUT /proposals/{id}/contract/progress': {
      action: 'contract.progress_set',
      run: async () => {
        await admin.patch('/org/settings', { revenue_policy: 'percent' });
        const id = await anApprovedProposal(contractor);
        return admin.put(`/proposals/${id}/contract/progress`, { month: '2026-03', percent: 40 });
      },
    },
    'POST /periods/{month}/close': {
      action: 'period.closed',
      run: async () => admin.post('/periods/2020-01/close', { force: true, reason: 'kept elsewhere' }),
    },
    'POST /periods/{month}/reopen': {
      action: 'period.reopened',
      run: async () => admin.post('/periods/2020-01/reopen', { reason: 'a mistake' }),
    },
    'POST /portal/approve/{id}': {
      action: 'proposal.approved',
      run: async () => admin.post(`/portal/approve/${await aDraft()}`),
    },
    'POST /portal/links/{proposal_id}': {
      action: 'link.created',
      run: async () => admin.post(`/portal/links/${await aDraft()}`),
    },
    'POST /portal/links/{proposal_id}/revoke': {
      action: 'link.revoked',
      run: async () => admin.post(`/portal/links/${await aDraft()}/revoke`),
    },
    'POST /portal/email/{id}': {
      action: 'proposal.emailed',
      run: async () => admin.post(`/portal/email/${await aDraft()}`),
    },
    'POST /payments/checkout_session': {
      action: 'checkout.requested',
      run: async () =>
        admin.post('/payments/checkout_session', { proposal_id: await anApprovedProposal(contractor) }),
    },
    'POST /payments/{id}/refund': {
      action: 'payment.refund_requested',
      run: async () => {
        const proposalId = await anApprovedProposal(contractor);
        await payDeposit(books, admin, proposalId);
        const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items as {
          id: number;
        }[];
        return admin.post(`/payments/${payment!.id}/refund`, { amount_cents: 100, reason: 'Goodwill' });
      },
    },
    'POST /qbo/invoice/{proposal_id}': {
      action: 'invoice.requested',
      run: async () => admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`),
    },
    'POST /qbo/invoice/{proposal_id}/void': {
      action: 'invoice.void_requested',
      run: async () => admin.post(`/qbo/invoice/${(await anInvoicedProposal(contractor)).proposalId}/void`),
    },
    'POST /proposals/{id}/contract/entries/{number}/bill': {
      action: 'invoice.requested',
      run: async () =>
        admin.post(`/proposals/${await anApprovedProposal(contractor)}/contract/entries/1/bill`),
    },
    'PATCH /invoices/{id}': {
      action: 'invoice.updated',
      run: async () => admin.patch(`/invoices/${await anInvoice()}`, { reminders: false }),
    },
    'POST /invoices/{id}/remind': {
      action: 'invoice.reminded',
      run: async () => admin.post(`/invoices/${await anInvoice()}/remind`),
    },
    'POST /invoices/{id}/void': {
      action: 'invoice.void_requested',
      run: async () => admin.post(`/invoices/${await anInvoice()}/void`),
    },
    'POST /invoices/{id}/remake': {
      action: 'invoice.requested',
      run: async () => {
        const id = await anInvoice();
        await admin.post(`/invoices/${id}/void`);
        return admin.post(`/invoices/${id}/remake`);
      },
    },
    'POST /qbo/sync/customer/{customer_id}': {
      action: 'customer.sync_requested',
      run: async () => admin.post(`/qbo/sync/customer/${await aCustomer(contractor)}`),
    },
    'POST /qbo/sync/customers': {
      action: 'customer.batch_requested',
      run: async () => admin.post('/qbo/sync/customers', { customer_ids: [await aCustomer(contractor)] }),
    },
    'POST /qbo/sync/invoice/compare': {
      action: 'invoice.compare_requested',
      run: () => admin.post('/qbo/sync/invoice/compare'),
    },
    'POST /inbox/retry': {
      action: 'inbox.retry_all_requested',
      run: () => admin.post('/inbox/retry', { code: 'subscription' }),
    },
    'POST /inbox/{id}/retry': {
      action: 'inbox.retried',
      run: async () => admin.post(`/inbox/${await anInboxItem()}/retry`),
    },
    'POST /inbox/{id}/dismiss': {
      action: 'inbox.dismissed',
      run: async () => admin.post(`/inbox/${await anInboxItem()}/dismiss`),
    },
    'POST /inbox/{id}/resolve': {
      action: 'inbox.resolved',
      run: async () => admin.post(`/inbox/${await anInboxItem()}/resolve`, {}),
    },
    // The last, for the company is gone after it.
    'POST /qbo/disconnect': { action: 'connection.disconnected', run: () => admin.post('/qbo/disconnect') },
  };

  it.each([
    { what: 'a dismissal', path: async () => `/inbox/${await anInboxItem()}/dismiss` },
    { what: 'a void', path: async () => `/invoices/${await anInvoice()}/void` },
    {
      what: 'the void of a proposal',
      path: async () => `/qbo/invoice/${(await anInvoicedProposal(contractor)).proposalId}/void`,
    },
    {
      what: 'the void of a change order',
      path: async () => {
        const id = await anApprovedProposal(contractor);
        await aChangeOrder(id);
        return `/proposals/${id}/change-orders/1/void`;
      },
    },
  ])('has why of $what, where the person says so', async ({ path }) => {
    const reason = 'Agreed on the telephone';
    expect((await admin.post(await path(), { reason })).status).toBe(200);
    const { items } = (await admin.get('/audit?limit=1')).body;
    expect(items).toMatchObject([{ after: { reason } }]);
  });

  it('has an entry for each route that changes something, with who, from where and in which request', async () => {
    const document = (await anyone(books.app).get('/openapi.json')).body as {
      paths: Record<string, Record<string, unknown>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.filter((route) => !DEEDS[route] && !SILENT[route])).toEqual([]);
    expect(
      [...Object.keys(DEEDS), ...Object.keys(SILENT)].filter((route) => !routes.includes(route)),
    ).toEqual([]);

    const missing: unknown[] = [];
    for (const [route, { action, run }] of Object.entries(DEEDS)) {
      const answer = await run();
      const entry = (await entriesOf(answer)).find((one) => one.action === action);
      const whole = entry?.ip === '127.0.0.1' && entry.actor !== null && entry.subject.includes(':');
      if (answer.status >= 300 || !whole)
        missing.push({ route, status: answer.status, body: answer.body, entry });
    }
    expect(missing).toEqual([]);
    const started = await log('?action=connection');
    expect(started.map(({ action }) => action)).toEqual([
      'connection.disconnected',
      'connection.connected',
      'connection.started',
    ]);
  });

  it('has what a change was from and to, and nothing where nothing changed', async () => {
    const id = await aCustomer(contractor, { phone: '555-0100' });
    const changed = await admin.patch(`/customers/${id}`, { phone: '555-0177' });
    expect(await entriesOf(changed)).toMatchObject([
      {
        actor: { id: admin.userId, email: admin.email, full_name: 'Ada Acme' },
        action: 'customer.updated',
        subject: `customer:${id}`,
        before: { phone: '555-0100' },
        after: { phone: '555-0177' },
      },
    ]);
    expect(await entriesOf(await admin.patch(`/customers/${id}`, { phone: '555-0177' }))).toEqual([]);
  });

  it('has that a password was set, and never the password', async () => {
    const person = await addPerson(books.app, contractor.orgId, ['sales']);
    const password = 'gutters-and-flashing-9';
    const answer = await admin.patch(`/users/${person.userId}`, { password });
    expect((await entriesOf(answer)).map(({ action }) => action)).toEqual(['user.password_set']);
    const stored = await books.database.query('select audit_log::text as line from audit_log');
    expect(JSON.stringify(stored)).not.toContain(password);
    expect(JSON.stringify(stored)).not.toMatch(/argon2/);
  });

  it('has a sign-in that failed under the person it was tried for, and who tried is not known', async () => {
    const answer = await anyone(books.app).post('/auth/login', {
      email: admin.email,
      password: 'wrong-password-1',
    });
    expect(answer.status).toBe(401);
    await eventually(async () =>
      expect(await entriesOf(answer)).toMatchObject([
        {
          actor: null,
          action: 'sign_in.failed',
          subject: `user:${admin.userId}`,
          after: { email: admin.email, reason: 'wrong password' },
          ip: '127.0.0.1',
        },
      ]),
    );
  });

  it('has a refresh token that came twice', async () => {
    const person = await addPerson(books.app, contractor.orgId, ['viewer']);
    const login = await anyone(books.app).post('/auth/login', { email: person.email, password: PASSWORD });
    const first = { refresh_token: login.body.refresh_token as string };
    const second = await anyone(books.app).post('/auth/refresh', first);
    await anyone(books.app).post('/auth/refresh', { refresh_token: second.body.refresh_token as string });
    const stolen = await anyone(books.app).post('/auth/refresh', first);
    expect(stolen.status).toBe(401);
    expect(await entriesOf(stolen)).toMatchObject([{ actor: null, action: 'sign_in.reused' }]);
  });

  it('has an approval that the customer gave at a link, with the link in place of a person', async () => {
    const proposalId = await aDraft();
    const url = (await admin.post(`/portal/links/${proposalId}`)).body.url as string;
    const page = await (await fetch(`${books.app.url}/portal/p/${url.split('/').at(-1)}`)).text();
    const form = new URLSearchParams({ name: 'Ann Ruiz', accept: 'on' });
    for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
      form.set(name!, value!);
    }
    const answer = await fetch(`${books.app.url}/portal/p/${url.split('/').at(-1)}/approve`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: new URL(books.app.url).origin },
      body: form,
    });
    expect(answer.status).toBe(303);
    expect((await log('?action=proposal.approved&limit=1'))[0]).toMatchObject({
      actor: null,
      subject: `proposal:${proposalId}`,
      after: { approved_by: expect.stringMatching(/^link:/) },
    });
  });

  it('has nothing of a change that was rolled back', async () => {
    const email = someEmail('twice');
    await admin.post('/customers', { email });
    const refused = await admin.post('/customers', { email });
    expect(refused.status).toBe(409);
    expect(await entriesOf(refused)).toEqual([]);
  });

  it.each(['update audit_log set actor_id = null', 'delete from audit_log', 'truncate audit_log'])(
    'cannot be changed, by whatever statement: %s',
    async (statement) => {
      await expect(books.database.query(statement)).rejects.toThrow('append-only');
    },
  );

  it('is found by person, action and time, in pages, newest first', async () => {
    const person = await addPerson(books.app, contractor.orgId, ['sales']);
    for (const name of ['One', 'Two', 'Three']) await person.post('/leads', { name });
    const byPerson = `?actor=${person.userId}&action=lead`;
    expect((await log(byPerson)).map(({ after }) => after?.name)).toEqual(['Three', 'Two', 'One']);
    expect(await log(`?actor=${encodeURIComponent(person.email)}&action=lead.created`)).toHaveLength(3);
    expect(await log(`${byPerson}&action=lead.updated`.replace('&action=lead&', '&'))).toEqual([]);
    // Where the organisation works it is another day than in UTC.
    const zone = new Date().getUTCHours() < 10 ? 'Pacific/Pago_Pago' : 'Pacific/Kiritimati';
    const { time_zone: before } = (await admin.get('/org/settings')).body;
    await admin.patch('/org/settings', { time_zone: zone });
    const [here, inUtc] = [zone, 'UTC'].map((one) => dayInZone(new Date(), one));
    expect(await log(`${byPerson}&from=${here}&to=${here}`)).toHaveLength(3);
    expect(await log(`${byPerson}&from=${inUtc}&to=${inUtc}`)).toEqual([]);
    const [hourAgo, inAnHour] = [-1, 1].map((hours) =>
      new Date(Date.now() + hours * 3_600_000).toISOString(),
    );
    expect(await log(`${byPerson}&from=${hourAgo}&to=${inAnHour}`)).toHaveLength(3);
    await admin.patch('/org/settings', { time_zone: before });
    expect(await log(`${byPerson}&to=2020-01-01`)).toEqual([]);
    const first = (await admin.get(`/audit${byPerson}&limit=2`)).body;
    const second = (await admin.get(`/audit${byPerson}&limit=2&cursor=${first.next_cursor}`)).body;
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
  });

  it.each([
    'from=yesterday',
    'from=2026-03-02&to=2026-03-01',
    'to=2026-02-31',
    'format=xml',
    'action=DROP',
    'limit=0',
    'cursor=x',
  ])('refuses %s', async (query) => {
    expect([400, 422]).toContain((await admin.get(`/audit?${query}`)).status);
  });

  it('is exported as a file in which no cell is a formula, and that is an entry too', async () => {
    await admin.post('/leads', { name: '=HYPERLINK("http://evil.example","x")' });
    const answer = await admin.get('/audit?format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = (answer.body as string).trim().split('\r\n');
    expect(head).toBe('at,actor,actor_email,action,subject,before,after,ip,request_id');
    expect(lines.length).toBeGreaterThan(20);
    expect((answer.body as string).split(/[\r\n,]/).filter((cell) => /^"?[=+@]/.test(cell))).toEqual([]);
    expect((await log('?action=audit.exported&limit=1'))[0]).toMatchObject({ actor: { id: admin.userId } });
  });

  it('is shown to admins of the organisation alone', async () => {
    for (const role of ['finance', 'sales', 'viewer'] as const) {
      const person = await addPerson(books.app, contractor.orgId, [role]);
      expect((await person.get('/audit')).status).toBe(403);
    }
    const stranger: Session = (await aContractor(books)).admin;
    const entries = (await stranger.get('/audit?limit=200')).body.items as Entry[];
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter(({ actor }) => actor?.id === admin.userId)).toEqual([]);
  });
});
