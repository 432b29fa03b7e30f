import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { DisputeInboxService } from '../../../src/payments/ledger/disputes/dispute-inbox.service.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal, type Contractor, eventsOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { createOrg } from '../../support/people.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  payDeposit,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

/** Money is Stripe's to tell of: what it told that came to nothing, or that the money is gone, waits for a person. */
describe('What Stripe tells, in the inbox', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    await createOrg(books.app, 'Another organisation'); // so that nothing is given to the only one
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const open = () => openItems(contractor.admin);
  const item = async (id: number) => (await contractor.admin.get(`/inbox/${id}`)).body;
  const paid = async (id: number) =>
    (await contractor.admin.get(`/proposals/${id}`)).body.deposit_paid_cents as number;
  const why = async (id: number) => (await contractor.admin.get(`/proposals/${id}/why`)).body;

  /** An event about a session of ours that is told in a form nobody can read. */
  async function anUnreadableEvent(session: string): Promise<string> {
    const event = stripeEvent('checkout.session.completed', { id: session, payment_status: 7 });
    await deliver(books.app, event);
    expect(await outcomeOf(books, event.id)).toMatchObject({ state: 'failed' });
    return event.id as string;
  }

  describe('an event that cannot be processed', () => {
    it('is put before the organisation it is about, with who, how much and the id at Stripe', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { session_id } = await openCheckout(contractor.admin, proposalId);
      const eventId = await anUnreadableEvent(session_id);
      expect(await open()).toMatchObject([
        {
          code: 'stripe_event_failed',
          proposal_id: proposalId,
          reason: expect.stringMatching(
            new RegExp(
              `deposit of \\$3,750\\.00 of Ann Ruiz \\w+ for proposal ${proposalId}, Roof of 12 Elm ` +
                `Street, that could not .+${eventId}.+payment_status`,
            ),
          ),
        },
      ]);
      const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
      expect(await openItems(stranger)).toEqual([]);
    });

    it('is told by its own words when it fails again, and closes once it can be processed', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { session_id } = await openCheckout(contractor.admin, proposalId);
      const eventId = await anUnreadableEvent(session_id);
      const [failed] = await open();
      expect((await contractor.admin.post(`/inbox/${failed!.id}/retry`)).body).toMatchObject({
        state: 'open',
        error: expect.stringMatching(/\w{3}/),
      });

      // A newer version of the program would read it: here the event is made readable instead.
      await books.database.query(
        `update stripe_events set body = jsonb_set(body, '{data,object}', $2::jsonb) where event_id = $1`,
        [
          eventId,
          JSON.stringify({
            id: session_id,
            payment_status: 'paid',
            amount_total: 375_000,
            currency: 'usd',
            payment_intent: `pi_${session_id}`,
          }),
        ],
      );
      const both = await Promise.all([
        contractor.admin.post(`/inbox/${failed!.id}/retry`),
        contractor.admin.post(`/inbox/${failed!.id}/retry`),
      ]);
      expect(both.map(({ body }) => body.state ?? body.code)).toContain('resolved');
      expect(await open()).toEqual([]);
      expect(await paid(proposalId)).toBe(375_000);
      expect((await eventsOf(contractor, proposalId)).filter((event) => event === 'payment_success')).toEqual(
        ['payment_success'],
      );
    });

    it('is tried with all of its kind, and each outcome stands in its history', async () => {
      const sessions: string[] = [];
      for (let made = 0; made < 3; made += 1) {
        const proposalId = await anApprovedProposal(contractor);
        sessions.push((await openCheckout(contractor.admin, proposalId)).session_id);
        await anUnreadableEvent(sessions.at(-1)!);
      }
      await books.database.query(
        `update stripe_events set body = jsonb_set(body, '{data,object,payment_status}', '"no_payment_required"')
          where body #>> '{data,object,id}' = any($1)`,
        [sessions.slice(0, 2)],
      );
      const items = await open();
      const all = await contractor.admin.post('/inbox/retry', { code: 'stripe_event_failed' });
      expect(all.body).toMatchObject({ queued: 3, left: [] });
      await eventually(async () => {
        const outcomes = [];
        for (const { id } of items) {
          const { history } = await item(id);
          outcomes.push(
            (history as { event: string; outcome: string }[]).find((one) => one.event === 'retried')?.outcome,
          );
        }
        expect(outcomes).toEqual(['resolved', 'resolved', 'open']);
      });
      expect(await open()).toHaveLength(1);
    });

    it(
      'that fails for another reason than its words is told after the last attempt, without what failed ' +
        'inside',
      async () => {
        const proposalId = await anApprovedProposal(contractor);
        const { session_id } = await openCheckout(contractor.admin, proposalId);
        await books.database.query(`
        create function refuse_sessions() returns trigger language plpgsql as
          $$ begin raise exception 'inside %', new.id; end $$`);
        await books.database.query(`
        create trigger refuse_sessions before update on checkout_sessions
          for each row execute function refuse_sessions()`);
        try {
          const event = stripeEvent('checkout.session.expired', { id: session_id });
          await books.database.query(`alter table stripe_events alter column attempts set default 9`);
          await deliver(books.app, event);
          await books.database.query('update stripe_events set wake_at = now() where event_id = $1', [
            event.id,
          ]);
          await books.app.app.get(DueJobsService).enqueueDue('stripe_events');
          expect(await outcomeOf(books, event.id)).toMatchObject({ state: 'failed' });
        } finally {
          await books.database.query(`alter table stripe_events alter column attempts set default 0`);
          await books.database.query('drop trigger refuse_sessions on checkout_sessions');
          await books.database.query('drop function refuse_sessions');
        }
        const [failed] = await open();
        expect(failed!.reason).toContain('Something failed here, not at Stripe');
        expect(failed!.reason).not.toContain('inside');
        expect((await contractor.admin.post(`/inbox/${failed!.id}/retry`)).body.state).toBe('resolved');
        expect(await eventsOf(contractor, proposalId)).toContain('checkout_expired');
      },
    );

    it('about nothing of ours is nobody’s, where there are several organisations', async () => {
      await anUnreadableEvent('cs_of_nobody');
      expect(await open()).toEqual([]);
    });
  });

  describe('a dispute', () => {
    const lose = (dispute: string, status: 'won' | 'lost') =>
      books.stripe.act('close-dispute', { dispute, status });

    it('waits for an answer, and when it is lost the deposit is not counted as paid any more', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
      await eventually(async () => expect(await open()).toMatchObject([{ code: 'dispute_open' }]));
      expect(await paid(proposalId)).toBe(375_000);
      const [asked] = await open();
      expect(asked!.reason).toMatch(
        new RegExp(`, paid on \\w+ \\d+, \\d{4} \\(${paymentIntentId}\\), as [a-z ]+\\.$`),
      );
      expect(asked!.next_step).toMatch(
        /^Answer the dispute in Stripe with your evidence by \w+ \d+, \d{4} at .+; later the bank takes none\. /,
      );
      await books.stripe.act('update-dispute', { dispute: id, status: 'under_review' });
      await eventually(async () =>
        expect((await open())[0]!.next_step).toBe(
          'Wait for the bank, which has the answer that was given in Stripe and decides within some weeks. This ' +
            'closes by itself when it is won.',
        ),
      );
      expect((await why(proposalId)).next_step).toMatch(/^Wait for the bank, /);

      await lose(id, 'lost');
      await eventually(async () => expect(await open()).toMatchObject([{ code: 'dispute_lost' }]));
      const [lost] = await open();
      expect(lost!.reason).toMatch(
        new RegExp(
          '^The bank took back \\$3,750\\.00 of the deposit of \\$3,750\\.00 of Ann Ruiz \\w+ for ' +
            `proposal ${proposalId}.*, paid on \\w+ \\d+, \\d{4} \\(${paymentIntentId}\\): ` +
            'the dispute \\(.+\\) is lost\\.$',
        ),
      );
      expect(await paid(proposalId)).toBe(0);
      expect((await item(lost!.id)).history.map((one: { event: string }) => one.event)).toEqual([
        'opened',
        'changed',
      ]);
      // its invoice may be on its way still
      const { next_step, facts } = await eventually(async () => {
        const found = await why(proposalId);
        expect(found.answer).toContain("the customer's bank took back $3,750.00");
        return found;
      });
      expect(next_step).toMatch(/QuickBooks/);
      expect(facts).toMatchObject({ deposit_lost_cents: 375_000, dispute_status: 'lost' });
      const timeline = (await contractor.admin.get(`/proposals/${proposalId}/timeline`)).body.items;
      expect(
        timeline.find((step: { event: string }) => step.event === 'payment_dispute_closed'),
      ).toMatchObject({ before: { deposit_paid_cents: 375_000 }, after: { deposit_paid_cents: 0 } });
      expect((await openCheckout(contractor.admin, proposalId)).deposit_cents).toBe(375_000);
    });

    it('has one step in the inbox and in why, also from before, and none once its day is over', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
      await eventually(async () => expect(await open()).toHaveLength(1));
      const [asked] = await open();
      const answerBy = / by \w+ \d+, \d{4} at .+; later the bank takes none\./;
      expect(asked!.next_step).toMatch(answerBy);
      expect((await why(proposalId)).next_step).toContain(asked!.next_step);
      const disputes = books.app.app.get(DisputeInboxService);

      await books.database.query(`update inbox_items set next_step = 'Answer the dispute.' where id = $1`, [
        asked!.id,
      ]);
      await disputes.restateAll();
      expect((await open())[0]!.next_step).toBe(asked!.next_step);
      // as long as there is nothing else to say, no row is locked
      expect(await disputes.restateAll()).toBe(0);

      await books.database.query(
        `update disputes set respond_by = now() - interval '1 hour' where stripe_dispute_id = $1`,
        [id],
      );
      expect((await why(proposalId)).facts.dispute_respond_by).toEqual(expect.any(String));
      await disputes.restateAll();
      const [late] = await open();
      expect(late!.next_step).toMatch(
        /^Wait for the bank, which took answers until .+ and decides by itself\. /,
      );
      expect((await why(proposalId)).next_step).toContain(late!.next_step);
      const { disputes: shown } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body
        .items[0];
      expect(shown).toMatchObject([{ respond_by: expect.any(String) }]);
    });

    it('of an earlier process keeps the day of its item, and has it from what Stripe said', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
      await eventually(async () => expect(await open()).toHaveLength(1));
      const [asked] = await open();
      const { disputes } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body.items[0];
      expect(disputes).toMatchObject([{ respond_by: expect.any(String) }]);
      const forgetDay = () =>
        books.database.query(`update disputes set respond_by = null where stripe_dispute_id = $1`, [id]);
      const restateAll = () => books.app.app.get(DisputeInboxService).restateAll();

      await forgetDay();
      await restateAll();
      const { disputes: known } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body
        .items[0];
      expect(known).toEqual(disputes);
      expect(await open()).toEqual([asked]);

      // its customer was erased, and Stripe's events about it with that
      await books.database.query(
        `update stripe_events set body = body #- '{data,object,evidence_details}'
          where body #>> '{data,object,id}' = $1`,
        [id],
      );
      await forgetDay();
      await restateAll();
      expect(await open()).toEqual([asked]);
    });

    it('whose day is moved, or whose bank takes no answer any more, is said anew at once', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
      await eventually(async () => expect(await open()).toHaveLength(1));
      const says = async (due_by: number | null, laterSeconds: number) => {
        const object = { id, payment_intent: paymentIntentId, amount: 375_000, currency: 'usd' };
        const facts = {
          ...object,
          status: 'needs_response',
          reason: 'fraudulent',
          evidence_details: { due_by },
        };
        const created = Math.floor(Date.now() / 1000) + laterSeconds;
        const event = { ...stripeEvent('charge.dispute.updated', facts), created };
        await deliver(books.app, event);
        await outcomeOf(books, event.id as string);
        return (await open())[0]!.next_step;
      };
      const moved = Date.UTC(2031, 2, 2, 18) / 1000;
      expect(await says(moved, 60)).toContain(' by March 2, 2031 at 11:00');
      expect(await says(null, 120)).toContain(' by March 2, 2031 at 11:00');
      expect(await says(moved + 86_400, 30)).toContain(' by March 2, 2031 at 11:00');
      expect(await says(0, 180)).toMatch(/^Wait for the bank, which takes no answer and decides by itself\./);
    });

    it('of several is named in why, the one to be answered first', async () => {
      await contractor.admin.patch('/org/settings', { record_payments: true });
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const disputed = (amount: number) =>
        books.stripe.act('dispute', { payment_intent: paymentIntentId, amount });
      const { id: sooner } = await disputed(100_000);
      const { id: later } = await disputed(50_000);
      await eventually(async () => expect(await open()).toHaveLength(2));
      const dueIn = (id: string, days: number) =>
        books.database.query(
          `update disputes set respond_by = now() + make_interval(days => $2) where stripe_dispute_id = $1`,
          [id, days],
        );
      const first = new RegExp(
        `\\$1,000\\.00 of the payment of \\$3,750\\.00 of .+, \\d{4} \\(${paymentIntentId}\\) is disputed by the ` +
          `customer's bank \\(needs response\\); 1 more dispute is open; .*disputes \\$1,000\\.00`,
      );
      const { next_step } = await eventually(async () => {
        await dueIn(sooner, 2); // each time: an event on its way has Stripe's own days with it
        await dueIn(later, 9);
        await books.app.app.get(DisputeInboxService).restateAll();
        const found = await why(proposalId);
        expect(found.answer).toMatch(first);
        return found;
      });
      expect(next_step).toMatch(/ The inbox has 1 more about it\.$/);
    });

    it('that is won closes by itself, and nothing is lost', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
      await eventually(async () => expect(await open()).toHaveLength(1));
      await lose(id, 'won');
      await eventually(async () => expect(await open()).toEqual([]));
      expect(await paid(proposalId)).toBe(375_000);
      expect((await openCheckoutStatus(proposalId)).code).toBe('proposal_paid');
    });

    it('heard of in reverse order comes to the same', async () => {
      const proposalId = await anApprovedProposal(contractor);
      const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
      await books.stripe.act('pause');
      const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId, amount: 100_000 });
      await lose(id, 'lost');
      await books.stripe.act('flush', { order: 'reversed' });
      await books.stripe.act('resume');
      await eventually(async () =>
        expect(await eventsOf(contractor, proposalId)).toEqual(
          expect.arrayContaining(['payment_disputed', 'payment_dispute_closed']),
        ),
      );
      expect(await open()).toMatchObject([{ code: 'dispute_lost' }]);
      expect(await paid(proposalId)).toBe(275_000);
    });

    const openCheckoutStatus = async (proposalId: number) =>
      (await contractor.admin.post('/payments/checkout_session', { proposal_id: proposalId })).body;
  });
});
