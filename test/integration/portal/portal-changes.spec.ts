import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink, type Link, openPage, sendForm, versionIn } from '../../support/portal.js';

const SKYLIGHT = { description: 'Skylight', quantity: 2, unit_price_cents: 45_000 };

describe('A change order on the page of its customer', () => {
  let database: TestDatabase;
  let app: TestApp;
  let seller: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin: seller } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** An approved proposal of $12,245.00 with one change that waits for its customer. */
  const aChanged = async (lines: object[] = [SKYLIGHT]): Promise<{ id: number; link: Link }> => {
    const id = await aDraft(seller);
    await seller.post(`/proposals/${id}/approve`);
    await draft(id, lines);
    return { id, link: await aLink(seller, id) };
  };
  const draft = (id: number, lines: object[] = [SKYLIGHT]) =>
    seller.post(`/proposals/${id}/change-orders`, { description: 'Two skylights', lines });
  const page = async ({ path }: Link): Promise<string> => (await openPage(app, path)).html;
  const sign = (
    link: Link,
    number: number,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ) => sendForm(app, `${link.path}/change-orders/${number}/approve`, fields, headers);
  const valueOf = async (id: number): Promise<unknown> =>
    (await seller.get(`/proposals/${id}/contract`)).body.value_cents;

  it('is read line by line with what the contract comes to, signed there, and proven afterwards', async () => {
    const { id, link } = await aChanged();
    const before = await page(link);
    for (const fact of [
      'A change for you to approve',
      'Two skylights',
      '2 × $450.00',
      '+$900.00',
      '$13,145.00',
    ])
      expect(before).toContain(fact);
    const version = versionIn(before);
    const headers = { 'sec-fetch-site': 'same-origin', 'user-agent': 'Phone/1' };
    const answer = await sign(link, 1, { name: ' Maria Ruiz ', version }, headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, link.path]);
    expect(await valueOf(id)).toBe(1_314_500);
    const after = await page(link);
    expect(after).toContain('Approved changes');
    expect(after).toMatch(/Approved on .+ by Maria Ruiz/);
    expect(after).not.toContain('for you to approve');
    expect((await seller.get(`/portal/evidence/${id}/change-orders/1`)).body).toEqual({
      proposal_id: id,
      number: 1,
      signer_name: 'Maria Ruiz',
      approved_at: expect.any(String),
      ip: '127.0.0.1',
      user_agent: 'Phone/1',
      link_id: link.id,
      delta_cents: 90_000,
      value_cents: 1_314_500,
      currency: 'USD',
      content_sha256: version,
      unchanged: true,
    });
    const { items } = (await seller.get(`/proposals/${id}/activity`)).body as {
      items: Record<string, unknown>[];
    };
    expect(items.find(({ event }) => event === 'change_order_approved')).toMatchObject({
      meta: { approved_by: `link:${link.id}`, signer_name: 'Maria Ruiz', value_cents: 1_314_500 },
    });
  });

  it('is signed once by ten at the same moment, and the first name stands', async () => {
    const { id, link } = await aChanged();
    const version = versionIn(await page(link));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, one) => sign(link, 1, { name: `Maria ${one}`, version })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303));
    expect(await valueOf(id)).toBe(1_314_500);
    const evidence = await database.query(
      `select from change_order_approvals a
         join change_orders o on o.org_id = a.org_id and o.id = a.change_order_id
         join contracts c on c.org_id = o.org_id and c.id = o.contract_id where c.proposal_id = $1`,
      [id],
    );
    expect(evidence).toHaveLength(1);
  });

  it('is not approved where the contract comes to something else by now', async () => {
    const { id, link } = await aChanged();
    const version = versionIn(await page(link));
    await draft(id);
    await seller.post(`/proposals/${id}/change-orders/2/approve`, { reason: 'By telephone' });
    const answer = await sign(link, 1, { name: 'Maria Ruiz', version });
    expect(answer.status).toBe(409);
    expect(answer.html).toContain('Please read it again');
    expect(await valueOf(id)).toBe(1_314_500);
    expect((await sign(link, 1, { name: 'Maria Ruiz' })).status).toBe(409);
    expect((await sign(link, 1, { name: 'Maria Ruiz', version: versionIn(answer.html) })).status).toBe(303);
    expect(await valueOf(id)).toBe(1_404_500);
  });

  it('is not approved once it is withdrawn, nor shown', async () => {
    const { id, link } = await aChanged();
    const version = versionIn(await page(link));
    await seller.post(`/proposals/${id}/change-orders/1/void`);
    expect((await sign(link, 1, { name: 'Maria Ruiz', version })).status).toBe(409);
    expect(await page(link)).not.toContain('Two skylights');
    expect(await valueOf(id)).toBe(1_224_500);
  });

  it('that a customer signed is withdrawn by nobody', async () => {
    const { id, link } = await aChanged();
    await sign(link, 1, { name: 'Maria Ruiz', version: versionIn(await page(link)) });
    expect(await seller.post(`/proposals/${id}/change-orders/1/void`)).toMatchObject({
      status: 409,
      body: { code: 'change_order_signed' },
    });
  });

  it('wants a name, a form of this page, a link that works, and a number of this proposal', async () => {
    const { id, link } = await aChanged();
    const version = versionIn(await page(link));
    const nameless = await sign(link, 1, { name: '  ', version });
    expect(nameless.status).toBe(422);
    expect(nameless.html).toContain('Please type your full name.');
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' };
    expect((await sign(link, 1, { name: 'Maria', version }, foreign)).status).toBe(403);
    expect((await sign(link, 9, { name: 'Maria', version })).status).toBe(404);
    await seller.post(`/portal/links/${id}/revoke`);
    expect((await sign(link, 1, { name: 'Maria', version })).status).toBe(404);
    expect(await valueOf(id)).toBe(1_224_500);
    expect((await seller.get(`/portal/evidence/${id}/change-orders/1`)).status).toBe(404);
  });

  it('shows what people typed as text', async () => {
    const { link } = await aChanged([{ ...SKYLIGHT, description: '<b>x</b>' }]);
    expect(await page(link)).toContain('&lt;b&gt;x&lt;/b&gt;');
  });
});
