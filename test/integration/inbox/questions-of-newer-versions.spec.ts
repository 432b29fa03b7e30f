import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { openItems } from '../../support/inbox.js';
import { createOrg, type Json, PASSWORD, type TestOrg } from '../../support/people.js';

const MONTH = '2026-03';

/** Written by a process of a version to come, beside which this one works, or from which it is gone back to. */
const ASKED = {
  code: 'asked_by_a_version_to_come',
  reason: 'The tile is worth more.',
  step: 'Ask the roofer.',
};

describe('A question that a newer version asks', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let proposalId: number;
  let known: number;
  let newer: number;

  const put = async (code: string, reason: string, step: string): Promise<number> => {
    const [row] = await database.query<{ id: number }>(
      `insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, created_at, updated_at)
       values ($1, 'invoice.create:' || $2::text, $2, $3, $4, $5, $6::timestamptz, now()) returning id::int as id`,
      [org.orgId, code, reason, step, proposalId, `${MONTH}-15T18:00:00Z`],
    );
    return row!.id;
  };

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    const { admin } = org;
    const ann = { email: 'ann@example.com', full_name: 'Ann Ruiz' };
    const roof = {
      name: 'Roof',
      customer_id: (await admin.post('/customers', ann)).body.id as number,
      lines: [{ description: 'Shingles', quantity: 1, unit_price_cents: 100_000 }],
    };
    proposalId = (await admin.post('/proposals', roof)).body.id as number;
    await admin.post(`/proposals/${proposalId}/approve`);
    known = await put('subscription', 'Renew it.', 'Renew.');
    newer = await put(ASKED.code, ASKED.reason, ASKED.step);
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it('is listed with its own words, and can be decided', async () => {
    const { admin } = org;
    expect(await openItems(admin)).toContainEqual(
      expect.objectContaining({ id: newer, code: ASKED.code, reason: ASKED.reason, next_step: ASKED.step }),
    );
    expect((await admin.get(`/inbox/${newer}`)).status).toBe(200);
  });

  it('is on the page of the inbox, before what only waits', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in?return_to=%2Finbox%2Fpage');
    await browser.submit({ email: org.admin.email, password: PASSWORD });
    const { status, html } = await browser.open('/inbox/page');
    expect(status).toBe(200);
    for (const text of [ASKED.reason, ASKED.step]) expect(html).toContain(text);
    expect(html.indexOf(`id="item-${newer}"`)).toBeLessThan(html.indexOf(`id="item-${known}"`));
  });

  it('is what why speaks of first', async () => {
    const { status, body } = await org.admin.get(`/proposals/${proposalId}/why`);
    expect(status).toBe(200);
    expect(body.answer).toContain(ASKED.reason.slice(0, -1));
  });

  it('keeps a month from being closed unasked, and is in its pack', async () => {
    const { admin } = org;
    const { checks } = (await admin.get(`/periods/${MONTH}`)).body as { checks: Json[] };
    expect(checks.find(({ code }) => code === 'money_in_inbox')).toMatchObject({ ok: false });
    await admin.post(`/periods/${MONTH}/close`, { force: true, reason: 'The roofer is asked.' });
    const { body } = await admin.get(`/periods/${MONTH}/pack`);
    expect(body.header.open_inbox).toContainEqual({ id: newer, code: ASKED.code, proposal_id: proposalId });
  });
});
