import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal, type Contractor, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { createOrg, type Json, type Person } from '../../support/people.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

describe('A month of which something is not in QuickBooks', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let month: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    await payDeposit(books, contractor.admin, await anApprovedProposal(contractor));
    await eventually(async () => {
      if ((await inbox()).length === 0) throw new Error('nothing was refused yet');
    });
    await asOfLastMonth(contractor.orgId);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  /** Has what is wanted in QuickBooks be wanted, and of a day, a month before. */
  async function asOfLastMonth(orgId: number): Promise<void> {
    await idle(books, { orgId });
    await books.database.query(
      `update sync_operations set created_at = created_at - interval '1 month' where org_id = $1`,
      [orgId],
    );
    for (const day of ['txnDate', 'fact,paidOn'])
      await books.database.query(
        `update sync_operations
            set payload = jsonb_set(payload, $2, to_jsonb(
                  to_char((payload #>> $2)::date - interval '1 month', 'YYYY-MM-DD')))
          where org_id = $1 and payload #> $2 is not null`,
        [orgId, `{${day}}`],
      );
    const [before] = await books.database.query<{ month: string }>(
      `select to_char(now() at time zone time_zone - interval '1 month', 'YYYY-MM') as month
         from org_settings where org_id = $1`,
      [orgId],
    );
    month = before!.month;
  }
  const inbox = () => openItems(contractor.admin);
  const check = async (of: Person): Promise<Json> =>
    ((await of.get(`/periods/${month}`)).body.checks as Json[]).find(
      ({ code }) => code === 'writes_under_way',
    )!;

  it('is not closed without a word: an invoice was refused, and its payment waits', async () => {
    expect(await inbox()).toMatchObject([{ code: 'books_closed' }]);
    expect(await check(contractor.admin)).toMatchObject({ ok: false, found: 'not in QuickBooks: 2' });
    expect(await contractor.admin.post(`/periods/${month}/close`)).toMatchObject({
      status: 409,
      body: { code: 'writes_under_way' },
    });
  });

  it('waits no more for what a person has decided', async () => {
    const [{ id }] = (await inbox()) as [Json];
    expect((await contractor.admin.post(`/inbox/${id}/dismiss`)).status).toBe(200);
    expect(await check(contractor.admin)).toMatchObject({ ok: false, found: 'not in QuickBooks: 1' });
    const force = { force: true, reason: 'The deposit is booked by hand' };
    expect((await contractor.admin.post(`/periods/${month}/close`, force)).status).toBe(200);
  });

  it('has money that was paid in it and heard of later, while it waits and while it is a question', async () => {
    contractor = await aContractor(books, 'Paid on the last day');
    const { admin, orgId, realmId } = contractor;
    const found = async (): Promise<unknown[]> =>
      ((await admin.get(`/periods/${month}`)).body.checks as Json[])
        .filter(({ ok, severity }) => !ok && severity === 'confirm')
        .map(({ code, found: what }) => [code, what]);
    const id = await anApprovedProposal(contractor);
    const { body: invoice } = await admin.post(`/qbo/invoice/${id}`);
    const { session_id: session } = await openCheckout(admin, id);
    await books.control.receivePayment(realmId, invoice.qbo_invoice_id as string);
    await books.stripe.act('pay', { session });
    await eventually(async () => expect(await inbox()).toHaveLength(1));
    expect(await found()).toEqual([]);
    await books.database.query(
      `update sync_operations set payload = jsonb_set(payload, '{fact,paidOn}', to_jsonb($2 || '-28'))
        where org_id = $1 and kind = 'payment.create'`,
      [orgId, month],
    );
    expect(await found()).toEqual([['money_in_inbox', '1 open in the inbox']]);
    await books.database.query(
      `update inbox_items i set operation_id = null, subject = 'payment.unapplied:' || p.id
         from payments p where i.org_id = $1 and i.state = 'open' and p.org_id = $1`,
      [orgId],
    );
    expect(await found()).toEqual([]);
    await books.database.query(`update payments set paid_at = ($2 || '-28')::timestamptz where org_id = $1`, [
      orgId,
      month,
    ]);
    expect(await found()).toEqual([['money_in_inbox', '1 open in the inbox']]);
    const [{ id: item }] = (await inbox()) as [Json];
    expect((await admin.post(`/inbox/${item}/dismiss`)).status).toBe(200);
    await books.database.query(
      `update sync_operations set state = 'waiting', next_attempt_at = now() + interval '1 day'
        where org_id = $1 and kind = 'payment.create'`,
      [orgId],
    );
    expect(await found()).toEqual([['writes_under_way', 'not in QuickBooks: 1']]);
  });

  it('is closed by an organisation that has no QuickBooks', async () => {
    const { orgId, admin } = await createOrg(books.app);
    await payDeposit(books, admin, await anApprovedProposal({ orgId, admin, realmId: '' }));
    await asOfLastMonth(orgId);
    expect(await check(admin)).toMatchObject({ ok: true, found: 'all of this month is in QuickBooks' });
    expect((await admin.post(`/periods/${month}/close`)).status).toBe(200);
  });
});
