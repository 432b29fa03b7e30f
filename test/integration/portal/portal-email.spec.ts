import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReminderLooksService } from '../../../src/portal/reminders/reminder-looks.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { ProposalDeliveryService } from '../../../src/portal/email/proposal-delivery.service.js';
import { ProposalMailWriterService } from '../../../src/portal/email/proposal-mail-writer.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { type ReceivedMail, startMail, type TestMail } from '../../support/mail.js';
import { createOrg, type Person, someEmail } from '../../support/people.js';
import { aDraft, openPage } from '../../support/portal.js';

describe('A proposal by e-mail', () => {
  const start = new Date();
  const clock = new FakeClock(start);
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let seller: Person;
  let email: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    mail = await startMail();
    const env = { SMTP_URL: mail.url, JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '1440' };
    app = await startApp({ databaseUrl: database.url, clock, env });
    ({ admin: seller } = await createOrg(app, 'Müller & Söhne Roofing'));
  });

  beforeEach(() => {
    clock.set(start);
    email = someEmail('maria');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const delivery = (): ProposalDeliveryService => app.app.get(ProposalDeliveryService);

  const mine = (): ReceivedMail[] => mail.received.filter(({ to }) => to.includes(email));

  const newest = async (proposalId: number) =>
    (await seller.get(`/portal/links/${proposalId}`)).body.items[0];

  const inState = (proposalId: number, state: object) =>
    eventually(async () => expect(await newest(proposalId)).toMatchObject(state));

  const sentEvents = async (proposalId: number): Promise<object[]> =>
    (await seller.get(`/proposals/${proposalId}/activity`)).body.items.filter(
      ({ event }: { event: string }) => event === 'email_sent',
    );

  it('brings the customer the link, and is logged once the mail server has taken it', async () => {
    const proposalId = await aDraft(seller, { email });
    const answer = await seller.post(`/portal/email/${proposalId}`, { expires_in_days: 7 });
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'queued', proposal_id: proposalId, emailed_to: email, link_id: expect.any(Number) },
    });
    const [waiting] = await database.query<{ email_token_sealed: string }>(
      'select email_token_sealed from portal_links where id = $1',
      [answer.body.link_id],
    );
    expect(waiting!.email_token_sealed ?? 'v1.').toMatch(/^v1\./);
    await inState(proposalId, { email_state: 'sent', email_attempts: 0, email_problem: null });

    const [message, ...more] = mine();
    expect(more).toEqual([]);
    expect(message!.source).toMatch(/^From: .*<office@peakpro\.test>/m);
    expect(message!.from).toBe('bounces@peakpro.test'); // what cannot be delivered goes back there
    expect(message!.subject).toBe(
      'Your proposal from Müller & Söhne Roofing: Roof replacement, 412 Aspen Way',
    );
    expect(message!.source).toMatch(new RegExp(`^Reply-To: .*${seller.email}`, 'm'));
    expect(message!.text).toContain('Hello Maria Ruiz,');
    expect(message!.text).toContain('$12,245.00');
    expect(message!.html).toContain('Müller &amp; Söhne');
    const [url = ''] = /http\S+\/portal\/p\/[\w-]{43}/.exec(message!.text) ?? [];
    expect(message!.html).toContain(url);
    expect((await openPage(app, new URL(url).pathname)).status).toBe(200);
    expect(await sentEvents(proposalId)).toMatchObject([{ meta: { link_id: answer.body.link_id } }]);

    const token = url.split('/').at(-1)!;
    const stored = await database.query(
      `select row_to_json(l)::text as row from portal_links l union all select row_to_json(j)::text from pgboss.job j
       union all select row_to_json(a)::text from portal_activity a`,
    );
    expect(stored.length).toBeGreaterThan(2);
    expect(JSON.stringify(stored)).not.toContain(token);
    expect(
      (await database.query('select from portal_links where email_token_sealed is not null')).length,
    ).toBe(0);
  });

  it('asks nobody to approve what is approved, or a change that the contract does not take', async () => {
    const proposalId = await aDraft(seller, { email });
    await seller.post(`/proposals/${proposalId}/approve`);
    const change = {
      description: 'Less',
      lines: [{ description: 'Roof', quantity: 1, unit_price_cents: -9_900_000 }],
    };
    expect((await seller.post(`/proposals/${proposalId}/change-orders`, change)).status).toBe(201);
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, { email_state: 'sent' });
    const message = mine().at(-1)!;
    expect(message.subject).toBe('Your page at Müller & Söhne Roofing: Roof replacement, 412 Aspen Way');
    expect(message.text).toContain('which you have approved');
    expect(message.text).not.toMatch(/approve it|asks you/);
  });

  it('is tried again when the mail server is busy, and then is the same message', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse('451 4.7.1 try later', '451 4.7.1 try later');
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, {
      email_state: 'queued',
      email_attempts: 1,
      email_problem: 'The mail server did not take the address yet (it answered 451).',
      email_next_attempt_at: new Date(clock.now().getTime() + 10_000).toISOString(),
    });
    expect(await app.app.get(DueJobsService).enqueueDue('portal_links')).toBe(0);
    clock.advance({ seconds: 10 });
    expect(await app.app.get(DueJobsService).enqueueDue('portal_links')).toBe(1);
    await inState(proposalId, { email_attempts: 2 });
    expect(await sentEvents(proposalId)).toEqual([]);
    clock.advance({ seconds: 60 });
    await app.app.get(DueJobsService).enqueueDue('portal_links');
    await inState(proposalId, { email_state: 'sent', email_problem: null, email_next_attempt_at: null });
    expect(mine()).toHaveLength(1);
    expect(await sentEvents(proposalId)).toHaveLength(1);
  });

  it('stands as failed where the address is refused, without telling the address', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse(`550 5.1.1 ${email} unknown`);
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, {
      email_state: 'failed',
      email_problem: 'The mail server does not take the address (it answered 550).',
      email_next_attempt_at: null,
    });
    clock.advance({ hours: 12 });
    expect(await app.app.get(DueJobsService).enqueueDue('portal_links')).toBe(0);
    expect(mine()).toEqual([]);
    expect(await sentEvents(proposalId)).toEqual([]);
  });

  it('that was refused waits in the inbox until another was taken', async () => {
    const proposalId = await aDraft(seller, { email });
    const items = async (): Promise<object[]> => {
      const inbox = await openItems(seller);
      return inbox.filter((item) => item.proposal_id === proposalId);
    };
    mail.refuse(`550 5.1.1 ${email} unknown`);
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, { email_state: 'failed' });
    expect(await items()).toMatchObject([
      {
        code: 'proposal_not_emailed',
        reason: expect.stringContaining(
          'was not taken: The mail server does not take the address (it answered 550).',
        ),
        next_step: expect.stringContaining(`POST /portal/email/${proposalId}`),
      },
    ]);
    expect(JSON.stringify(await items())).not.toContain(email);
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, { email_state: 'sent' });
    expect(await items()).toEqual([]);
  });

  it.each<{ done: string; hours: number; act: (proposalId: number) => Promise<unknown> }>([
    {
      done: 'it was cancelled, within a day',
      hours: 25,
      act: (id) => seller.patch(`/proposals/${id}`, { status: 'cancelled' }),
    },
    {
      done: 'its customer signed it by another link, at once',
      hours: 0,
      act: async (id) => {
        const { url } = (await seller.post(`/portal/links/${id}`)).body as { url: string };
        const body = new URLSearchParams({ name: 'Maria Ruiz' });
        return fetch(`${app.url}${new URL(url).pathname}/approve`, { method: 'POST', body });
      },
    },
  ])('that was refused waits no more once $done', async ({ hours, act }) => {
    const proposalId = await aDraft(seller, { email });
    const stateOf = async (): Promise<string[]> => {
      const rows = await database.query<{ state: string }>(
        `select state from inbox_items where subject = 'proposal.email:' || $1::int`,
        [proposalId],
      );
      return rows.map(({ state }) => state);
    };
    mail.refuse(`550 5.1.1 ${email} unknown`);
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, { email_state: 'failed' });
    await app.app.get(ReminderLooksService).look(seller);
    expect(await stateOf()).toEqual(['open']);
    await act(proposalId);
    clock.advance({ hours });
    await app.app.get(DueJobsService).enqueueDue('org_settings.reminders_look_at');
    await eventually(async () => expect(await stateOf()).toEqual(['resolved']));
  });

  it('is given up after some hours, and says so', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse(...Array<string>(7).fill('451 4.7.1 try later'));
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    for (let attempt = 2; attempt <= 7; attempt += 1) {
      clock.set((await newest(proposalId)).email_next_attempt_at);
      await delivery().deliver({ orgId: seller.orgId, linkId });
      await inState(proposalId, { email_attempts: attempt }); // its job may be at it, too
    }
    expect(await newest(proposalId)).toMatchObject({ email_state: 'failed', email_attempts: 7 });
  });

  it('that a mail server takes again and again without saying so arrives twice, and then asks a person', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.loseNextAnswer(7);
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    for (let attempt = 2; (await newest(proposalId)).email_state === 'queued'; attempt += 1) {
      clock.set((await newest(proposalId)).email_next_attempt_at);
      await delivery().deliver({ orgId: seller.orgId, linkId });
      await inState(proposalId, { email_attempts: attempt });
    }
    mail.loseNextAnswer(0);
    await inState(proposalId, {
      email_state: 'failed',
      email_problem: expect.stringMatching(/may have arrived/),
    });
    expect(new Set(mine().map(({ messageId }) => messageId)).size).toBe(1);
    expect(mine()).toHaveLength(2);
  });

  it('is tried on where the server falls silent before it has the message', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.hangUp(3);
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      clock.set((await newest(proposalId)).email_next_attempt_at);
      await delivery().deliver({ orgId: seller.orgId, linkId });
      await inState(proposalId, attempt < 4 ? { email_attempts: attempt } : { email_state: 'sent' });
    }
    expect(mine()).toHaveLength(1);
  });

  it('asked for twice while it waits is sent once; asked for again later, once more', async () => {
    const proposalId = await aDraft(seller, { email });
    const written = holdNext(app.app.get(ProposalMailWriterService), 'write');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => seller.post(`/portal/email/${proposalId}`)),
    );
    written.letGo();
    expect(new Set(answers.map(({ body }) => body.link_id)).size).toBe(1);
    await inState(proposalId, { email_state: 'sent' });
    expect(mine()).toHaveLength(1);
    await seller.post(`/portal/email/${proposalId}`);
    await eventually(() => expect(mine()).toHaveLength(2));
    expect(new Set(mine().map(({ messageId }) => messageId)).size).toBe(2);
    await eventually(async () => expect(await sentEvents(proposalId)).toHaveLength(2));
  });

  it('is sent once however many workers are at it', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse('451 4.7.1 try later');
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    clock.advance({ minutes: 1 });
    await Promise.all(Array.from({ length: 8 }, () => delivery().deliver({ orgId: seller.orgId, linkId })));
    expect(mine()).toHaveLength(1);
    expect(await sentEvents(proposalId)).toHaveLength(1);
  });

  it('is not sent after its link was revoked', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse('451 4.7.1 try later');
    await seller.post(`/portal/email/${proposalId}`);
    await inState(proposalId, { email_attempts: 1 });
    await seller.post(`/portal/links/${proposalId}/revoke`);
    expect(await newest(proposalId)).toMatchObject({ state: 'revoked', email_state: 'failed' });
    clock.advance({ minutes: 1 });
    expect(await app.app.get(DueJobsService).enqueueDue('portal_links')).toBe(0);
    expect(mine()).toEqual([]);
  });

  it.each([
    { when: 'asks for another', isSentAgain: false },
    { when: 'asks for none where another went to the right one', isSentAgain: true },
  ])(
    'goes to no address that was corrected while it waited, ends its link, and $when',
    async ({ isSentAgain }) => {
      const proposalId = await aDraft(seller, { email });
      const { customer_id: customerId } = (await seller.get(`/proposals/${proposalId}`)).body;
      const questions = async (): Promise<object[]> => {
        const items = await openItems(seller);
        return (items as { proposal_id: number }[]).filter((item) => item.proposal_id === proposalId);
      };
      mail.refuse('451 4.7.1 try later');
      const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
      await inState(proposalId, { email_attempts: 1 });
      const right = someEmail('maria-ruiz');
      expect((await seller.patch(`/customers/${customerId}`, { email: right })).status).toBe(200);
      const send = async () => {
        await seller.post(`/portal/email/${proposalId}`);
        await eventually(async () => expect(await sentEvents(proposalId)).toHaveLength(1));
      };
      if (isSentAgain) await send();
      clock.advance({ minutes: 1 });
      await delivery().deliver({ orgId: seller.orgId, linkId });
      expect(mine()).toEqual([]);
      const { items } = (await seller.get(`/portal/links/${proposalId}`)).body;
      expect((items as { link_id: number }[]).find(({ link_id: id }) => id === linkId)).toMatchObject({
        state: 'revoked',
        email_state: 'failed',
        email_problem: expect.stringContaining('another e-mail address by now'),
      });
      const code = { code: 'proposal_not_emailed', next_step: expect.stringContaining('/portal/email/') };
      expect(await questions()).toMatchObject(isSentAgain ? [] : [code]);
      if (!isSentAgain) await send();
      expect(mail.received.filter(({ to }) => to.includes(right))).toHaveLength(1);
      expect(await questions()).toEqual([]);
    },
  );

  it('goes to an address of which capitals alone were corrected meanwhile', async () => {
    const proposalId = await aDraft(seller, { email });
    const { customer_id: customerId } = (await seller.get(`/proposals/${proposalId}`)).body;
    mail.refuse('451 4.7.1 try later');
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    const capitals = { email: email.toUpperCase() };
    expect((await seller.patch(`/customers/${customerId}`, capitals)).body).toMatchObject(capitals);
    clock.advance({ minutes: 1 });
    await delivery().deliver({ orgId: seller.orgId, linkId });
    await eventually(async () => expect(await sentEvents(proposalId)).toHaveLength(1));
  });

  it('says so where the key that encrypted the link is gone', async () => {
    const proposalId = await aDraft(seller, { email });
    mail.refuse('451 4.7.1 try later');
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    await database.query(
      `update portal_links set email_token_sealed = replace(email_token_sealed, 'v1.dev', 'v1.old') where id = $1`,
      [linkId],
    );
    clock.advance({ minutes: 1 });
    await delivery().deliver({ orgId: seller.orgId, linkId });
    expect(await newest(proposalId)).toMatchObject({
      email_state: 'failed',
      email_problem: expect.stringContaining('encryption key is gone'),
    });
  });

  it('waits for a mail server that is down, and asks for one that was never named', async () => {
    const down = await startMail();
    await down[Symbol.asyncDispose]();
    await using deaf = await startApp({
      databaseUrl: database.url,
      clock,
      env: { SMTP_URL: down.url, CRM_ROLE: 'api' },
    });
    const proposalId = await aDraft(seller, { email });
    mail.refuse('451 4.7.1 try later');
    const { link_id: linkId } = (await seller.post(`/portal/email/${proposalId}`)).body;
    await inState(proposalId, { email_attempts: 1 });
    clock.advance({ minutes: 1 });
    await deaf.app.get(ProposalDeliveryService).deliver({ orgId: seller.orgId, linkId });
    expect(await newest(proposalId)).toMatchObject({
      email_state: 'queued',
      email_problem: expect.stringContaining('could not be reached'),
    });

    await using mute = await startApp({ databaseUrl: database.url, clock, env: { CRM_ROLE: 'api' } });
    const answer = await fetch(`${mute.url}/portal/email/${proposalId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${seller.token}` },
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: 'smtp_not_configured',
      detail: expect.stringContaining('SMTP_URL'),
    });
  });
});
