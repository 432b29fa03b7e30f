import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProposalApproval } from '../../../src/portal/approval/proposal-approval.entity.js';
import { ProposalApprovalsRepository } from '../../../src/portal/approval/proposal-approvals.repository.js';
import { startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink, type Link, openPage, sendForm, type Shown, versionIn } from '../../support/portal.js';

describe("A customer's approval", () => {
  const clock = new FakeClock(new Date());
  let database: TestDatabase;
  let app: TestApp;
  let seller: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, clock });
    ({ admin: seller } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const approve = (link: Link, fields: Record<string, string>): Promise<Shown> =>
    sendForm(app, `${link.path}/approve`, fields);

  const eventsOf = async (id: number): Promise<string[]> =>
    ((await seller.get(`/proposals/${id}/activity`)).body.items as { event: string }[])
      .map(({ event }) => event)
      .filter((event) => event !== 'view');

  const evidenceOf = (proposalId: number) =>
    database.query<{ signer_name: string }>('select * from proposal_approvals where proposal_id = $1', [
      proposalId,
    ]);

  it('keeps who said yes to what, when and from where', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    const version = versionIn((await openPage(app, link.path)).html);
    const headers = { 'sec-fetch-site': 'same-origin', 'user-agent': `Phone/${'x'.repeat(500)}` };
    const answer = await sendForm(app, `${link.path}/approve`, { name: '  Maria Ruiz ', version }, headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, link.path]);

    const at = clock.now().toISOString();
    expect((await seller.get(`/portal/evidence/${proposalId}`)).body).toEqual({
      proposal_id: proposalId,
      signer_name: 'Maria Ruiz',
      approved_at: at,
      ip: '127.0.0.1',
      user_agent: `Phone/${'x'.repeat(394)}`,
      link_id: link.id,
      total_cents: 1_224_500,
      currency: 'USD',
      content_sha256: version,
      unchanged: true,
    });
    expect((await seller.get(`/proposals/${proposalId}`)).body).toMatchObject({
      status: 'approved',
      approved_at: at,
    });
    expect((await seller.get(`/proposals/${proposalId}/activity`)).body.items[0]).toMatchObject({
      event: 'approve',
      meta: {
        amount_cents: 1_224_500,
        currency: 'USD',
        approved_by: `link:${link.id}`,
        signer_name: 'Maria Ruiz',
      },
    });
    expect((await openPage(app, link.path)).html).toMatch(/Approved on .+ by Maria Ruiz\./);
  });

  it.each([
    `update proposal_lines set description = 'Less' where proposal_id = $1`,
    `update proposal_lines set quantity = quantity + 0.0001 where proposal_id = $1`,
    `update leads set amount_cents = amount_cents + 1 where id = $1`,
    `update leads set currency = 'EUR' where id = $1`,
  ])('can be shown to be of something else after: %s', async (tampering) => {
    const proposalId = await aDraft(seller);
    await approve(await aLink(seller, proposalId), { name: 'Maria Ruiz' });
    const prove = async () => (await seller.get(`/portal/evidence/${proposalId}`)).body.unchanged;
    expect(await prove()).toBe(true);
    await database.query(tampering, [proposalId]);
    expect(await prove()).toBe(false);
  });

  it('is of the terms that were shown, which stand on the page whatever the settings say later', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    await seller.patch('/org/settings', { terms_days: 30, company_terms: 'Old shingles are hauled away.' });
    const html = async () => (await openPage(app, link.path)).html.replaceAll(/\s+/g, ' ');
    const old = await html();
    expect(old).toContain('Each invoice is due 30 days after its date.');
    await seller.patch('/org/settings', { terms_days: 7, retainage_percent: 5, tax_mode: 'qbo' });
    const headers = { 'sec-fetch-site': 'same-origin' };
    await sendForm(app, `${link.path}/approve`, { name: 'Maria Ruiz', version: versionIn(old) }, headers);
    expect((await seller.get(`/proposals/${proposalId}`)).body.status).toBe('draft');
    const now = await html();
    await sendForm(app, `${link.path}/approve`, { name: 'Maria Ruiz', version: versionIn(now) }, headers);
    await seller.patch('/org/settings', {
      terms_days: 14,
      retainage_percent: 0,
      tax_mode: 'none',
      company_terms: null,
    });
    expect(await html()).toContain(
      'Each invoice is due 7 days after its date. 5% of each invoice for the work is kept back until the work is ' +
        'complete. Tax is added on the invoices.</p> <p class="terms quiet">Old shingles are hauled away.</p>',
    );
    expect((await seller.get(`/portal/evidence/${proposalId}`)).body.unchanged).toBe(true);
    await database.query('update contracts set terms_days = 8 where proposal_id = $1', [proposalId]);
    expect((await seller.get(`/portal/evidence/${proposalId}`)).body.unchanged).toBe(false);
  });

  it('twice is the same as once: the first name stands', async () => {
    const proposalId = await aDraft(seller);
    const [one, two] = [await aLink(seller, proposalId), await aLink(seller, proposalId)];
    expect((await approve(one, { name: 'Maria Ruiz' })).status).toBe(303);
    const before = await evidenceOf(proposalId);
    expect((await approve(two, { name: 'Someone Else' })).status).toBe(303);
    expect(await evidenceOf(proposalId)).toEqual(before);
    expect(await eventsOf(proposalId)).toEqual(['approve']);
  });

  it('raced by twenty happens once, with one name', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    const names = Array.from({ length: 20 }, (_, index) => `Customer ${index}`);
    const answers = await Promise.all(names.map((name) => approve(link, { name })));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(303));
    expect(await evidenceOf(proposalId)).toHaveLength(1);
    expect(await eventsOf(proposalId)).toEqual(['approve']);
    const [evidence] = await evidenceOf(proposalId);
    const { meta } = (await seller.get(`/proposals/${proposalId}/activity`)).body.items[0];
    expect(meta.signer_name).toBe(evidence!.signer_name);
  });

  it('would be there twenty times without its key (so the race above is not vacuous)', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    await approve(link, { name: 'Maria Ruiz' });
    const tx = app.app.get(DataSource).manager;
    const approvals = app.app.get(ProposalApprovalsRepository);
    const kept = (await approvals.findOfProposal(tx, seller.orgId, proposalId)) as ProposalApproval;
    const race = async (): Promise<number> => {
      const tries = Array.from({ length: 20 }, () => approvals.insert(tx, kept));
      return (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await race()).toBe(0);
    await database.query('alter table proposal_approvals drop constraint proposal_approvals_pkey');
    expect(await race()).toBe(20);
    await database.query('delete from proposal_approvals where proposal_id = $1', [proposalId]);
    await database.query(
      'alter table proposal_approvals add constraint proposal_approvals_pkey primary key (proposal_id)',
    );
  });

  it('is of what the page showed: a change meanwhile is read first', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    const version = versionIn((await openPage(app, link.path)).html);
    const lines = [{ description: 'A dearer roof', quantity: 1, unit_price_cents: 2_000_000 }];
    await seller.patch(`/proposals/${proposalId}`, { lines });
    const late = await approve(link, { name: 'Maria Ruiz', version });
    expect(late.status).toBe(409);
    expect(late.html).toContain('was changed after you opened it');
    expect(late.html).toContain('A dearer roof');
    expect((await seller.get(`/proposals/${proposalId}`)).body.status).toBe('draft');
    expect((await approve(link, { name: 'Maria Ruiz', version: versionIn(late.html) })).status).toBe(303);
  });

  it('is not of another price than was shown, also where nothing says which was', async () => {
    const proposalId = await aDraft(seller);
    const [link, unopened] = [await aLink(seller, proposalId), await aLink(seller, proposalId)];
    await openPage(app, link.path);
    clock.advance({ seconds: 1 });
    const lines = [{ description: 'A dearer roof', quantity: 1, unit_price_cents: 2_000_000 }];
    await seller.patch(`/proposals/${proposalId}`, { lines });
    const blind = await approve(link, { name: 'Maria Ruiz' });
    expect([blind.status, blind.html.includes('A dearer roof')]).toEqual([409, true]);
    expect((await seller.get(`/proposals/${proposalId}`)).body.status).toBe('draft');
    expect((await approve(unopened, { name: 'Maria Ruiz' })).status).toBe(303);
  });

  it.each([
    { what: 'no name', fields: {}, says: 'Please type your full name.' },
    { what: 'an empty name', fields: { name: '   ' }, says: 'Please type your full name.' },
    { what: 'a name of blanks of Braille', fields: { name: '\u2800 \u2800' }, says: 'in plain letters' },
    { what: 'a name without end', fields: { name: 'x'.repeat(121) }, says: 'at most 120 characters' },
    { what: 'a name of two lines', fields: { name: 'Maria\nRuiz' }, says: 'in plain letters' },
    { what: 'a version that is none', fields: { name: 'Maria Ruiz', version: 'x' }, says: 'once more' },
  ])('needs more than $what', async ({ fields, says }) => {
    const proposalId = await aDraft(seller);
    const answer = await approve(await aLink(seller, proposalId), fields as Record<string, string>);
    expect(answer.status).toBe(422);
    expect(/id="name-error">([^<]*)/.exec(answer.html)?.[1]).toContain(says);
    expect(await eventsOf(proposalId)).toEqual([]);
    expect(await evidenceOf(proposalId)).toEqual([]);
  });

  it('is refused where the books do not keep the currency, with whom to ask', async () => {
    const { path } = await aLink(seller, await aDraft(seller, { currency: 'JPY' }));
    const version = versionIn((await openPage(app, path)).html);
    const refused = await sendForm(app, `${path}/approve`, { name: 'Ken', version });
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('cannot be approved at the moment. Please get in touch');
    expect(refused.html).toContain('Questions about this proposal? Ask ');
  });

  it('ends with its link, even on a page that is still open', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    const version = versionIn((await openPage(app, link.path)).html);
    await seller.post(`/portal/links/${proposalId}/revoke`);
    expect((await approve(link, { name: 'Maria Ruiz', version })).status).toBe(404);
    expect((await seller.get(`/proposals/${proposalId}`)).body.status).toBe('draft');
  });

  it('is not what the staff does: no name, no evidence', async () => {
    const proposalId = await aDraft(seller);
    const link = await aLink(seller, proposalId);
    await seller.post(`/portal/approve/${proposalId}`);
    expect((await approve(link, { name: 'Maria Ruiz' })).status).toBe(303);
    expect((await openPage(app, link.path)).html).toMatch(/Approved on [^<]+M[SD]T\.</);
    expect((await seller.get(`/portal/evidence/${proposalId}`)).status).toBe(404);
  });
});
