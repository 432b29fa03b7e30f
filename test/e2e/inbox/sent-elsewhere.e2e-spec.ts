import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import type { OperationKind } from '../../../src/qbo-sync/operations/operation-payloads.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { connect, endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('What was sent to a company that another was connected after, and never answered,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** The next of these is sent and made, and its answer lost, as is each to the question whether it was. */
  const neverAnswered = async (
    write: string,
    read: string,
    when: 'before' | 'after' = 'after',
  ): Promise<void> => {
    const lost = { kind: 'reset', realm_id: contractor.realmId } as const;
    await books.control.planFault({ ...lost, operation: write, when });
    await books.control.planFault({ ...lost, operation: read, times: 50 });
  };
  const isUncertain = (kind: OperationKind, count = 1) =>
    eventually(async () => {
      const found = await books.database.query(
        `select from sync_operations where org_id = $1 and kind = $2 and state = 'uncertain'`,
        [contractor.orgId, kind],
      );
      expect(found).toHaveLength(count);
    });
  const moveOn = async (): Promise<void> => {
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    await connect(books.app, contractor.admin, { realmId: other, replaceCompany: true });
    await books.control.clearFaults();
    await endPauses(books.database);
    await idle(books, contractor);
  };
  const moveBack = async (): Promise<void> => {
    const { realmId, admin } = contractor;
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await idle(books, contractor);
  };
  /** The organisation moved while nobody was asked about it. */
  const forgetAsked = async (): Promise<void> => {
    await books.database.query('delete from inbox_events where org_id = $1', [contractor.orgId]);
    await books.database.query('delete from inbox_items where org_id = $1', [contractor.orgId]);
  };
  /** The deposit's invoice is sent and never answered, and another company is connected. */
  const anInvoiceElsewhere = async (): Promise<number> => {
    const id = await anApprovedProposal(contractor);
    await neverAnswered('invoice.create', 'invoice.query');
    await contractor.admin.post(`/qbo/invoice/${id}`);
    await isUncertain('invoice.create');
    await moveOn();
    return id;
  };

  it('is asked about also where the organisation had moved before anybody was', async () => {
    const id = await anApprovedProposal(contractor);
    await neverAnswered('payment.create', 'payment.query');
    await payDeposit(books, contractor.admin, id);
    await isUncertain('payment.create');
    await moveOn();
    await forgetAsked();
    await pollCompany(books, contractor);
    const items = await openItems(contractor.admin);
    const reason = new RegExp(`^The payment of \\$.+ before, ${contractor.realmId}\\.$`);
    expect(items).toMatchObject([{ code: 'uncertain', reason: expect.stringMatching(reason) }]);
    expect(items[0]!.next_step).toContain(`that was connected before, ${contractor.realmId}, at`);
    await contractor.admin.post(`/inbox/${items[0]!.id}/resolve`);
    await pollCompany(books, contractor);
    expect(await openCodes(contractor.admin)).toEqual([]);
  });

  it('is asked about also where its proposal was cancelled meanwhile', async () => {
    const id = await anInvoiceElsewhere();
    await forgetAsked();
    const { admin } = contractor;
    const cancelled = await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    await idle(books, contractor);
    await pollCompany(books, contractor);
    expect(await openItems(admin)).toMatchObject([
      { code: 'uncertain', proposal_id: id, next_step: expect.stringMatching(/and resolve this\.$/) },
    ]);
    await moveBack();
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).not.toContain('uncertain');
  });

  it('is an invoice that a person has made anew: they are told how, and it is no question after that', async () => {
    const id = await anInvoiceElsewhere();
    const { admin } = contractor;
    await pollCompany(books, contractor);
    const again = `POST /qbo/invoice/${id} with {"again": true}`;
    expect(await openItems(admin)).toMatchObject([
      { code: 'uncertain', next_step: expect.stringContaining(again) },
    ]);
    expect(await admin.post(`/qbo/invoice/${id}`, { again: true })).toMatchObject({ status: 200 });
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual([]);
  });

  it('is an invoice that is wanted no more after it was asked about: nobody is asked to make it', async () => {
    const id = await anInvoiceElsewhere();
    const { admin } = contractor;
    await pollCompany(books, contractor);
    const step = async () => (await openItems(admin)).map(({ next_step }) => next_step);
    expect(await step()).toEqual([expect.stringContaining(`POST /qbo/invoice/${id}`)]);
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    await idle(books, contractor);
    await pollCompany(books, contractor);
    expect(await step()).toEqual([expect.stringMatching(/and resolve this\.$/)]);
  });

  it('is an invoice that a bookkeeper made by hand, and linked: it is no question after that', async () => {
    const id = await anInvoiceElsewhere();
    const { admin, orgId } = contractor;
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual(['uncertain']);
    const { realm_id: here } = (await admin.get('/qbo/status')).body as { realm_id: string };
    const { Id: customer_id } = await books.control.createCustomer(here, 'By hand');
    const { Id } = await books.control.createInvoice(here, { customer_id, amount: 100 });
    await books.database.query('update leads set qbo_invoice_id = $3 where org_id = $1 and id = $2', [
      orgId,
      id,
      Id,
    ]);
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).not.toContain('uncertain');
  });

  it('is asked about one by one where it is several refunds of one payment', async () => {
    const { admin } = contractor;
    const id = await anApprovedProposal(contractor);
    await payDeposit(books, admin, id);
    await idle(books, contractor);
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    for (const [index, amount_cents] of [5_000, 7_000].entries()) {
      await neverAnswered('refundreceipt.create', 'refundreceipt.query');
      const asked = await admin.post(`/payments/${payment!.id}/refund`, { amount_cents, reason: 'Goodwill' });
      expect(asked).toMatchObject({ status: 200 });
      await isUncertain('refund.create', index + 1);
      await endPauses(books.database);
    }
    await moveOn();
    await pollCompany(books, contractor);
    const reasons = async () => (await openItems(admin)).map(({ reason }) => reason.slice(0, 20)).toSorted();
    expect(await reasons()).toEqual(['The refund of $50.00', 'The refund of $70.00']);
    const [first] = await openItems(admin);
    await admin.post(`/inbox/${first!.id}/resolve`);
    await pollCompany(books, contractor);
    expect(await reasons()).toHaveLength(1);
    await moveBack();
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual([]);
  });

  it.each(['after', 'before'] as const)(
    'is over with its company where its payment went back, lost %s it was made',
    async (when) => {
      const { admin } = contractor;
      const id = await anApprovedProposal(contractor);
      await neverAnswered('payment.create', 'payment.query', when);
      await payDeposit(books, admin, id);
      await isUncertain('payment.create');
      await moveOn();
      await pollCompany(books, contractor);
      expect(await openCodes(admin)).toEqual(['uncertain']);
      const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
      const refunded = await admin.post(`/payments/${payment!.id}/refund`, { reason: 'Called off' });
      expect(refunded).toMatchObject({ status: 200 });
      await idle(books, contractor);
      await pollCompany(books, contractor);
      expect(await openCodes(admin)).toEqual(['uncertain']);
      await moveBack();
      await books.database.query(
        `update sync_operations set first_sent_at = first_sent_at - interval '5 minutes'
        where org_id = $1 and state in ('uncertain', 'sent')`, // at work no more, and safe to be sent again
        [contractor.orgId],
      );
      await eventually(async () => {
        await books.database.query(
          `update sync_operations set next_attempt_at = now() where org_id = $1 and state <> 'done'`,
          [contractor.orgId],
        );
        await endPauses(books.database);
        await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
        await pollCompany(books, contractor);
        expect(await openCodes(admin)).toEqual([]);
        const left = `select kind, state from sync_operations where org_id = $1 and state <> 'done'`;
        expect(await books.database.query(left, [contractor.orgId])).toEqual([]);
      });
    },
  );

  it('keeps no poll from its invoices where nobody can be asked about it', async () => {
    const { admin, realmId, orgId } = contractor;
    await anInvoiceElsewhere();
    await forgetAsked();
    const refused = `refused_${orgId}`;
    await books.database.query(
      `create function ${refused}() returns trigger language plpgsql as $$ begin raise 'Out of room'; end $$;
       create trigger ${refused} before insert on inbox_items for each row
         when (new.org_id = ${orgId} and new.subject like 'sent.elsewhere:%') execute function ${refused}()`,
    );
    const { invoiceId, proposalId } = await anInvoicedProposal(contractor);
    const { realm_id: here } = (await admin.get('/qbo/status')).body as { realm_id: string };
    expect(here).not.toBe(realmId);
    await books.control.receivePayment(here, invoiceId, { amount: 100 });
    await pollCompany(books, contractor);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ qbo_paid_cents: 10_000 });
    await books.database.query(`drop function ${refused} cascade`);
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual(['uncertain']);
  });

  it('is asked about by the next poll where it is more than one poll asks about', async () => {
    const { orgId, realmId, admin } = contractor;
    await moveOn();
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, attempts,
                                    first_sent_at, next_attempt_at)
       select $1, $2, 'payment.apply', n, 'lost' || n, '{"amountCents": 500, "currency": "USD", "paymentId": "12"}',
              'uncertain', 1, now(), now() + interval '1 day'
         from generate_series(1, 101) n`,
      [orgId, realmId],
    );
    const asked = async () =>
      (await books.database.query(`select from inbox_items where org_id = $1 and state = 'open'`, [orgId]))
        .length;
    await pollCompany(books, contractor);
    expect(await asked()).toBe(100);
    await pollCompany(books, contractor);
    expect(await asked()).toBe(101);
    expect(await openCodes(admin)).toContain('uncertain');
  });

  it.each(['payment.apply', 'credit.apply'] as const)('is asked about where it is a %s', async (kind) => {
    const { orgId, realmId, admin } = contractor;
    const { proposalId } = await anInvoicedProposal(contractor);
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, proposal_id, request_id, payload, state,
                                    attempts, first_sent_at, next_attempt_at)
       values ($1, $2, $3, 1, $4, 'lost', '{"amountCents": 500, "currency": "USD", "paymentId": "12"}', 'uncertain', 1,
               now(), now() + interval '1 day')`,
      [orgId, realmId, kind, proposalId],
    );
    await moveOn();
    await pollCompany(books, contractor);
    expect(await openItems(admin)).toMatchObject([{ code: 'uncertain', proposal_id: proposalId }]);
  });
});
