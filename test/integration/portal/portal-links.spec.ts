import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink, openPage, sendForm } from '../../support/portal.js';
import { fieldsOf } from '../../support/problem.js';

const DAY_MS = 86_400_000;

describe('A link for a customer', () => {
  const clock = new FakeClock(new Date());
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

  it('is an address of 256 random bits, of which only a hash is kept', async () => {
    const proposalId = await aDraft(seller);
    const made = await seller.post(`/portal/links/${proposalId}`);
    expect(made).toMatchObject({ status: 201, body: { link_id: expect.any(Number) } });
    expect(made.body.url).toMatch(/^https:\/\/pay\.acme\.test\/portal\/p\/[\w-]{43}$/);
    const token = made.body.url.split('/').at(-1);
    const [row] = await database.query<{ token_hash: Buffer }>('select * from portal_links where id = $1', [
      made.body.link_id,
    ]);
    expect(row!.token_hash).toEqual(createHash('sha256').update(token).digest());
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it.each([
    { body: undefined, days: 30 },
    { body: {}, days: 30 },
    { body: { expires_in_days: 1 }, days: 1 },
    { body: { expires_in_days: 90 }, days: 90 },
  ])('made with $body lives $days days', async ({ body, days }) => {
    const made = await seller.post(`/portal/links/${await aDraft(seller)}`, body);
    expect(Date.parse(made.body.expires_at)).toBe(clock.now().getTime() + days * DAY_MS);
  });

  it.each([0, 91, -1, 1.5, '7', null, true])('does not live %j days', async (days) => {
    const answer = await seller.post(`/portal/links/${await aDraft(seller)}`, { expires_in_days: days });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(['expires_in_days']);
  });

  it('is listed newest first, page by page, without what opens it', async () => {
    const proposalId = await aDraft(seller);
    const [first, second] = [await aLink(seller, proposalId), await aLink(seller, proposalId)];
    const page = await seller.get(`/portal/links/${proposalId}?limit=1`);
    expect(page.body.items).toEqual([
      {
        link_id: second.id,
        state: 'live',
        created_by: seller.userId,
        created_at: clock.now().toISOString(),
        expires_at: expect.any(String),
        revoked_at: null,
        last_viewed_at: null,
        emailed_to: null,
        email_state: null,
        emailed_at: null,
        email_attempts: 0,
        email_next_attempt_at: null,
        email_problem: null,
      },
    ]);
    const rest = await seller.get(`/portal/links/${proposalId}?cursor=${page.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ link_id: first.id }], next_cursor: null });
    expect(JSON.stringify([page.body, rest.body])).not.toContain(first.token);
  });

  it('opens its own proposal and no other', async () => {
    const [ours, other] = [await aDraft(seller), await aDraft(seller, { name: 'Another roof' })];
    const link = await aLink(seller, ours);
    expect((await openPage(app, link.path)).html).not.toContain('Another roof');
    await sendForm(app, `${link.path}/approve`, { name: 'Maria Ruiz' });
    expect((await seller.get(`/proposals/${ours}`)).body.status).toBe('approved');
    expect((await seller.get(`/proposals/${other}`)).body.status).toBe('draft');
  });

  it('tells nothing once it has ended: expired, revoked and never made look the same', async () => {
    const [expiring, revoked] = [await aDraft(seller), await aDraft(seller)];
    const expired = await aLink(seller, expiring, { expires_in_days: 1 });
    const ended = await aLink(seller, revoked, { expires_in_days: 2 });
    const survivor = await aLink(seller, expiring, { expires_in_days: 2 });
    expect(await seller.post(`/portal/links/${revoked}/revoke`)).toMatchObject({
      status: 200,
      body: { status: 'revoked', proposal_id: revoked, revoked: 1 },
    });
    clock.advance({ days: 1 });
    const unknown = `/portal/p/${'A'.repeat(43)}`;
    const answers = await Promise.all(
      [expired.path, ended.path, unknown, '/portal/p/x'].map((path) => openPage(app, path)),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(new Set(answers.map(({ html }) => html)).size).toBe(1);
    expect(answers[0]!.html).toContain('does not open a proposal');
    for (const path of [expired.path, ended.path, unknown]) {
      expect((await sendForm(app, `${path}/approve`, { name: 'Maria' })).html).toBe(answers[0]!.html);
      expect((await sendForm(app, `${path}/pay`)).html).toBe(answers[0]!.html);
    }
    expect((await openPage(app, survivor.path)).status).toBe(200);
    clock.advance({ days: -1 });
  });

  it('is revoked with all others of its proposal, and twice is the same as once', async () => {
    const proposalId = await aDraft(seller);
    const links = [await aLink(seller, proposalId), await aLink(seller, proposalId)];
    expect((await seller.post(`/portal/links/${proposalId}/revoke`)).body.revoked).toBe(2);
    expect((await seller.post(`/portal/links/${proposalId}/revoke`)).body.revoked).toBe(0);
    for (const link of links) expect((await openPage(app, link.path)).status).toBe(404);
    const { items } = (await seller.get(`/portal/links/${proposalId}`)).body;
    expect(items.map(({ state }: { state: string }) => state)).toEqual(['revoked', 'revoked']);
    const anew = await aLink(seller, proposalId);
    expect((await openPage(app, anew.path)).status).toBe(200);
  });

  it('is made for what there is to show: no lead, nothing cancelled, nothing free', async () => {
    const lead = (await seller.post('/leads', { name: 'Leak' })).body.id;
    expect((await seller.post(`/portal/links/${lead}`)).status).toBe(404);
    const cancelled = await aDraft(seller);
    await seller.patch(`/proposals/${cancelled}`, { status: 'cancelled' });
    const refused = await seller.post(`/portal/links/${cancelled}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'proposal_cancelled' } });
    const free = await seller.post(`/portal/links/${await aDraft(seller, { lines: [] })}`);
    expect(free).toMatchObject({ status: 409, body: { code: 'proposal_without_amount' } });
  });

  it("is nobody else's, and viewers only look", async () => {
    const { admin: stranger } = await createOrg(app, 'Rival Roofing');
    const viewer = await addPerson(app, seller.orgId, ['viewer']);
    const proposalId = await aDraft(seller);
    await aLink(seller, proposalId);
    const verbs = [`links/${proposalId}`, `links/${proposalId}/revoke`, `email/${proposalId}`];
    for (const verb of verbs) {
      expect((await stranger.post(`/portal/${verb}`)).status).toBe(404);
      expect((await viewer.post(`/portal/${verb}`)).status).toBe(403);
    }
    for (const list of ['links', 'evidence']) {
      expect((await stranger.get(`/portal/${list}/${proposalId}`)).status).toBe(404);
    }
    expect((await viewer.get(`/portal/links/${proposalId}`)).status).toBe(200);
    expect((await seller.get(`/portal/links/${proposalId}`)).body.items[0].state).toBe('live');
  });
});
