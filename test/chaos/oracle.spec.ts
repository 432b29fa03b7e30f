import { describe, expect, it } from 'vitest';
import { agreedFacts } from './agreed-facts.ts';
import type { BooksFacts, CrmFacts, Facts, ReportFacts } from './facts.ts';
import { differencesIn, reportDifferencesIn } from './oracle.ts';

/** Everything may be changed while something is planted. */
type Open<T> = T extends object ? { -readonly [Key in keyof T]: Open<T[Key]> } : T;

interface World {
  facts: Open<Facts>;
  crm: Open<CrmFacts>;
  books: Open<BooksFacts>;
}

function lawsBroken(plant: (world: World) => void): string[] {
  const facts = structuredClone(agreedFacts()) as Open<Facts>;
  plant({ facts, crm: facts.crm[0]!, books: facts.books[1]! });
  return [...new Set(differencesIn(facts as Facts).map(({ law }) => law))];
}

const anItem = (reason: string, operationId: number | null = null) => ({
  code: 'validation',
  reason,
  proposalId: 7,
  customerId: null,
  operationId,
});

describe('Where all agree', () => {
  it('there is no difference', () => {
    expect(differencesIn(agreedFacts())).toEqual([]);
  });
});

describe('What is planted is found:', () => {
  it.each<{ what: string; law: string; plant: (world: World) => void }>([
    {
      what: 'a payment that was lost here',
      law: 'one charge is one payment',
      plant: ({ crm }) => (crm.payments = []),
    },
    {
      what: 'a payment booked twice here',
      law: 'one charge is one payment',
      plant: ({ crm }) => crm.payments.push({ ...crm.payments[0]!, id: 9 }),
    },
    {
      what: 'a cent too much here',
      law: 'one charge is one payment',
      plant: ({ crm }) => (crm.payments[0]!.cents += 1),
    },
    {
      what: 'a payment that nobody made',
      law: 'one charge is one payment',
      plant: ({ facts }) => (facts.stripe.charges = []),
    },
    {
      what: 'a refund that was lost here',
      law: 'one refund is one refund',
      plant: ({ crm }) => (crm.refunds = []),
    },
    {
      what: 'a refund that failed at Stripe and stands here',
      law: 'one refund is one refund',
      plant: ({ facts }) => (facts.stripe.refunds[0]!.status = 'failed'),
    },
    {
      what: 'a dispute that nobody here knows',
      law: 'one dispute is one dispute',
      plant: ({ facts }) =>
        facts.stripe.disputes.push({ id: 'dp_1', intent: 'pi_1', cents: 500, status: 'needs_response' }),
    },
    {
      what: 'an event that never came',
      law: 'no event is lost',
      plant: ({ facts }) => facts.events.pop(),
    },
    {
      what: 'an event that failed',
      law: 'no event is lost',
      plant: ({ facts }) => (facts.events[0]!.state = 'failed'),
    },
    {
      what: "Intuit's event that nobody looked into",
      law: 'no event is lost',
      plant: ({ crm }) => crm.pendingEvents.push('e1'),
    },
    {
      what: 'a twin of the payment in the books',
      law: 'what is asked for once is made once',
      plant: ({ books }) => books.payments.push({ ...books.payments[0]!, id: 'P2' }),
    },
    {
      what: 'a twin of the invoice in the books',
      law: 'one live invoice for each entry of a contract',
      plant: ({ books }) => books.invoices.push({ ...books.invoices[0]!, id: 'I2', note: 'crm:r1' }),
    },
    {
      what: 'two live generations of an invoice',
      law: 'one live invoice for each entry of a contract',
      plant: ({ crm, books }) => {
        crm.invoices.push({ ...crm.invoices[0]!, id: 6, generation: 2, qboId: 'I2', number: 'CRM-7-2' });
        books.invoices.push({ ...books.invoices[0]!, id: 'I2', number: 'CRM-7-2', note: '' });
      },
    },
    {
      what: 'a document under a mark that nobody gave',
      law: 'what bears our mark was asked for here',
      plant: ({ books }) => (books.refundReceipts[0]!.note = 'crm:r99 Stripe pi_1'),
    },
    {
      what: 'an invoice that was made and is not known here',
      law: 'what is asked for once is made once',
      plant: ({ crm }) => (crm.operations[0]!.state = 'refused'),
    },
    {
      what: 'a twin of the customer in the books',
      law: 'a customer is one customer in QuickBooks',
      plant: ({ books }) => books.customers.push({ ...books.customers[0]!, id: 'C2' }),
    },
    {
      what: 'an invoice that was voided there alone',
      law: 'an invoice is as QuickBooks has it',
      plant: ({ books }) => (books.invoices[0]!.isVoided = true),
    },
    {
      what: 'a balance that is a cent off',
      law: 'an invoice is as QuickBooks has it',
      plant: ({ crm }) => (crm.invoices[0]!.balanceCents = 1),
    },
    {
      what: 'a proposal that shows another balance than its invoice',
      law: 'an invoice is as QuickBooks has it',
      plant: ({ crm }) => (crm.proposals[0]!.qboBalanceCents = 500),
    },
    {
      what: 'a payment that was moved to another invoice',
      law: 'a payment is on the invoice that QuickBooks has it on',
      plant: ({ books }) => (books.payments[0]!.lines = [{ invoiceId: 'I9', cents: 30_000 }]),
    },
    {
      what: 'a payment that was lost in the books',
      law: 'one payment is one payment in the books',
      plant: ({ books }) => (books.payments = []),
    },
    {
      what: 'a refund that was doubled in the books',
      law: 'what was given back is given back in the books',
      plant: ({ books }) => books.refundReceipts.push({ ...books.refundReceipts[0]!, id: 'R2' }),
    },
    {
      what: 'a refund that the books lack',
      law: 'what was given back is given back in the books',
      plant: ({ books }) => (books.refundReceipts = []),
    },
    {
      what: 'a lost dispute that nobody has to look at',
      law: 'a lost dispute is with a person',
      plant: ({ facts, crm }) => {
        crm.disputes.push({ paymentId: 2, stripeId: 'dp_1', cents: 5_000, state: 'lost' });
        facts.stripe.disputes.push({ id: 'dp_1', intent: 'pi_1', cents: 5_000, status: 'lost' });
        crm.proposals[0]!.depositPaidCents -= 5_000;
      },
    },
    {
      what: 'an operation that is under way for ever',
      law: 'nothing is under way at rest',
      plant: ({ crm }) => (crm.operations[1]!.state = 'uncertain'),
    },
    {
      what: 'a refund that was asked for and never sent',
      law: 'nothing is under way at rest',
      plant: ({ crm }) => crm.refunds.push({ paymentId: 2, stripeId: null, cents: 1, state: 'requested' }),
    },
    {
      what: 'an operation that waits and stands before nobody',
      law: 'what waits is before a person',
      plant: ({ crm }) =>
        crm.operations.push({ ...crm.operations[1]!, id: 4, generation: 2, state: 'waiting', qboId: null }),
    },
    {
      what: 'an answer that there is nothing to do while an item is open',
      law: 'why is true',
      plant: ({ crm }) => crm.inbox.push(anItem('QuickBooks refused the invoice.')),
    },
    {
      what: 'a payment that is not in the timeline',
      law: 'each step is written down once',
      plant: ({ crm }) => crm.activity.splice(1, 1),
    },
    {
      what: 'an invoice that was paid twice in the timeline',
      law: 'each transition to paid is written down once',
      plant: ({ crm }) => crm.activity.push({ proposalId: 7, event: 'invoice_paid', occurrence: 'I1#2' }),
    },
    {
      what: 'an approval that is not in the audit log',
      law: 'the audit log is whole',
      plant: ({ crm }) => (crm.audit = []),
    },
    {
      what: 'a deposit that is a cent off',
      law: 'the deposit is what was paid less what went back',
      plant: ({ crm }) => (crm.proposals[0]!.depositPaidCents += 1),
    },
    {
      what: 'a foreign payment without a rate',
      law: 'a foreign document has a rate',
      plant: ({ books }) => (books.payments[0]!.currency = 'EUR'),
    },
    {
      what: 'a change that was approved twice',
      law: 'a contract is worth what was agreed',
      plant: ({ crm }) => (crm.contracts[0]!.valueCents += 10_000),
    },
    {
      what: 'a change whose approval nobody wrote down',
      law: 'the audit log is whole',
      plant: ({ crm }) => crm.audit.pop(),
    },
    {
      what: 'a reminder that came twice',
      law: 'nobody is reminded twice',
      plant: ({ facts }) => facts.letters.push({ ...facts.letters[0]! }),
    },
    {
      what: 'a second reminder of one invoice',
      law: 'nobody is reminded twice',
      plant: ({ facts, crm }) => {
        crm.reminders.push({ ...crm.reminders[0]!, id: 10 });
        facts.letters.push({ id: 'invoice-reminder-1-10', to: 'ann@chaos.test' });
      },
    },
    {
      what: 'a reminder that is said to be left out and was sent',
      law: 'nobody is reminded twice',
      plant: ({ crm }) => Object.assign(crm.reminders[0]!, { state: 'skipped', isHandedOver: false }),
    },
    {
      what: 'a reminder that is said to be sent and was not',
      law: 'nobody is reminded twice',
      plant: ({ facts }) => facts.letters.shift(),
    },
    {
      what: 'a reminder whose time has come and that waits',
      law: 'nothing is under way at rest',
      plant: ({ crm }) => (crm.reminders[1]!.isDue = true),
    },
    {
      what: 'a link that is said to be e-mailed and was not',
      law: 'what is said to be e-mailed is',
      plant: ({ facts }) => facts.letters.splice(1, 1),
    },
    {
      what: 'a link that was e-mailed again under another name',
      law: 'what is said to be e-mailed is',
      plant: ({ facts }) => facts.letters.push({ id: 'proposal-link-4.abd', to: 'ann@chaos.test' }),
    },
    {
      what: 'a link whose time has come and that waits',
      law: 'nothing is under way at rest',
      plant: ({ crm }) => (crm.mailedLinks[0]!.isDue = true),
    },
    {
      what: 'an invitation that is said to be e-mailed and was not',
      law: 'what is said to be e-mailed is',
      plant: ({ facts }) => facts.letters.pop(),
    },
    {
      what: 'an invitation whose time has come and that waits',
      law: 'nothing is under way at rest',
      plant: ({ facts }) => (facts.accountMails[0]!.isDue = true),
    },
    {
      what: 'an e-mail that nothing here stands for',
      law: 'every e-mail was meant here',
      plant: ({ facts }) => facts.letters.push({ id: 'invoice-reminder-2-8', to: 'ann@chaos.test' }),
    },
    {
      what: 'a sign-in that is over by itself',
      law: 'a sign-in that nobody ended holds',
      plant: ({ facts }) => (facts.signIns[0]!.access = 401),
    },
    {
      what: 'an access token that outlives its sign-in',
      law: 'a sign-in that was ended is over',
      plant: ({ facts }) => (facts.signIns[1]!.access = 200),
    },
    {
      what: 'a refresh token that outlives its sign-in',
      law: 'a sign-in that was ended is over',
      plant: ({ facts }) => (facts.signIns[1]!.refresh = 200),
    },
  ])('$what', ({ law, plant }) => {
    expect(lawsBroken(plant)).toContain(law);
  });
});

describe('What an earlier version approved', () => {
  it('is missed in no audit log where it kept none', () => {
    const broken = lawsBroken(({ crm }) => {
      crm.audit = [];
      crm.proposals[0]!.isLogged = false;
      crm.contracts = [];
    });
    expect(broken).toEqual([]);
  });
});

describe('What is reported of an organisation', () => {
  const agreed = (): Open<ReportFacts> => ({
    earned: [{ proposalId: 7, cents: 20_000 }],
    open: [],
    owed: [{ customerId: 3, currency: 'USD', stated: 0, aged: 0 }],
    costs: [],
    comparisons: [{ report: 'revenue (accrual)', status: 200, unexplainedCents: 0, missing: [] }],
    closed: [{ month: '2026-10', isVerified: true }],
  });
  const broken = (plant: (reports: Open<ReportFacts>, world: World) => void): string[] => {
    const facts = structuredClone(agreedFacts()) as Open<Facts>;
    const reports = agreed();
    plant(reports, { facts, crm: facts.crm[0]!, books: facts.books[1]! });
    const found = reportDifferencesIn(facts, { 1: reports });
    return [...new Set(found.map(({ law }) => law))];
  };

  it('is what its documents in the books come to: invoices less credit memos and receipts', () => {
    expect(broken(() => undefined)).toEqual([]);
    const withCredit = ({ crm, books }: World): void => {
      crm.credits = [{ id: 1, proposalId: 7, qboId: 'M1', state: 'used', totalCents: 500 }];
      books.creditMemos = [{ ...books.invoices[0]!, id: 'M1', totalCents: 500, workCents: 500 }];
    };
    expect(
      broken((reports, world) => {
        withCredit(world);
        reports.earned[0]!.cents = 19_500;
      }),
    ).toEqual([]);
    expect(broken((_, world) => withCredit(world))).toEqual(['what is earned is what the books have']);
  });

  it.each<{ what: string; law: string; plant: (reports: Open<ReportFacts>, world: World) => void }>([
    {
      what: 'a cent too much',
      law: 'what is earned is what the books have',
      plant: (reports) => (reports.earned[0]!.cents += 1),
    },
    {
      what: 'a refund that is in no books',
      law: 'what is earned is what the books have',
      plant: (_, { books }) => (books.refundReceipts = []),
    },
    {
      what: 'an invoice that is voided there',
      law: 'what is earned is what the books have',
      plant: (_, { books }) => (books.invoices[0]!.isVoided = true),
    },
    {
      what: 'nothing of a proposal',
      law: 'what is earned is what the books have',
      plant: (reports) => (reports.earned = []),
    },
    {
      what: 'a closed month that is another by now',
      law: 'a closed month stays as it was closed',
      plant: (reports) => (reports.closed = [{ month: '2026-10', isVerified: false }]),
    },
    {
      what: 'an invoice that is paid',
      law: 'what is owed is what the books have open',
      plant: (reports) => (reports.open = [{ qboId: 'I1', cents: 1 }]),
    },
    {
      what: 'less than is owed on an invoice',
      law: 'what is owed is what the books have open',
      plant: (_, { books }) => (books.invoices[0]!.balanceCents = 1),
    },
    {
      what: 'another sum than the customer reads',
      law: 'a statement closes with what is owed',
      plant: (reports) => (reports.owed[0]!.stated = 1),
    },
    {
      what: 'a cost that nobody bears',
      law: 'every cost is borne once',
      plant: (_, { books }) => (books.costs = [{ currency: 'USD', cents: 1 }]),
    },
    {
      what: 'a cost of a bill that is gone',
      law: 'every cost is borne once',
      plant: (reports) => (reports.costs = [{ currency: 'EUR', cents: 1 }]),
    },
    {
      what: 'a cent that no reason explains',
      law: 'a comparison explains every cent',
      plant: (reports) => (reports.comparisons[0]!.unexplainedCents = 1),
    },
    {
      what: 'a comparison that is refused',
      law: 'a comparison explains every cent',
      plant: (reports) => (reports.comparisons[0]!.status = 503),
    },
    {
      what: 'a document in no books that nobody is asked about',
      law: 'a comparison explains every cent',
      plant: (reports) => (reports.comparisons[0]!.missing = [7]),
    },
  ])('is not said with $what', ({ law, plant }) => {
    expect(broken(plant)).toEqual([law]);
  });

  it('differs where a person is asked about the proposal', () => {
    const plant = (reports: Open<ReportFacts>, { crm }: World): void => {
      reports.earned[0]!.cents += 1;
      reports.comparisons[0]!.missing = [7];
      crm.inbox.push(anItem('The refund of $100.00 for proposal 7: no.'));
    };
    expect(broken(plant)).toEqual([]);
  });
});

describe('What a person has in the inbox is no difference,', () => {
  const withoutReceipt = (reason: string) => (world: World) => {
    world.books.refundReceipts = [];
    world.crm.operations[2]!.state = 'needs_person';
    world.crm.activity.splice(3, 1);
    world.crm.inbox.push(anItem(reason, 3));
    world.crm.why = [];
  };

  it('where the item names the amount', () => {
    expect(lawsBroken(withoutReceipt('The refund of $100.00 for proposal 7: no.'))).toEqual([]);
  });

  it('as an earlier version wrote it', () => {
    expect(lawsBroken(withoutReceipt('The refund of 100.00 USD for proposal 7: no.'))).toEqual([]);
  });

  it('and is one where it names another (so that the above is not vacuous)', () => {
    expect(lawsBroken(withoutReceipt('The refund of $99.99 for proposal 7: no.'))).toEqual([
      'what was given back is given back in the books',
    ]);
  });

  it('also where a bookkeeper undid what was given back in full', () => {
    const undone = ({ facts, crm, books }: World): void => {
      facts.stripe.refunds[0]!.cents = 30_000;
      crm.refunds[0]!.cents = 30_000;
      crm.proposals[0]!.depositPaidCents = 0;
      books.payments[0]!.isDeleted = true;
      books.refundReceipts[0]!.totalCents = 30_000;
      crm.applied = [];
      Object.assign(books.invoices[0]!, { balanceCents: 30_000 });
      Object.assign(crm.invoices[0]!, { balanceCents: 30_000, state: 'open' });
      crm.proposals[0]!.qboBalanceCents = 30_000;
      crm.activity.push({ proposalId: 7, event: 'invoice_reopened', occurrence: 'I1#2' });
    };
    expect(lawsBroken(undone)).toEqual([]);
    expect(
      lawsBroken((world) => {
        undone(world);
        world.facts.stripe.refunds[0]!.cents = 29_999;
        world.crm.refunds[0]!.cents = 29_999;
        world.crm.proposals[0]!.depositPaidCents = 1;
        world.books.refundReceipts[0]!.totalCents = 29_999;
      }),
    ).toEqual(['one payment is one payment in the books']);
  });

  describe('where a person said which receipt stands for a refund:', () => {
    const byHand = ({ crm }: World): void => {
      crm.activity.find(({ event }) => event === 'refund_recorded')!.occurrence = '2#1:R1';
    };

    it('is content with the step that names the receipt', () => {
      expect(lawsBroken(byHand)).toEqual([]);
    });

    it('finds one that is written down for another receipt only, and one that is written down twice', () => {
      const law = 'each step is written down once';
      const elsewhere = (world: World): void => {
        byHand(world);
        world.crm.activity.find(({ event }) => event === 'refund_recorded')!.occurrence = '2#1:R2';
      };
      const twice = (world: World): void => {
        byHand(world);
        world.crm.activity.push({ proposalId: 7, event: 'refund_recorded', occurrence: '2#1:R1' });
      };
      expect(lawsBroken(elsewhere)).toEqual([law]);
      expect(lawsBroken(twice)).toEqual([law]);
    });
  });

  describe('where what was given back in full stays out of the books:', () => {
    const givenBack = ({ facts, crm, books }: World): void => {
      facts.stripe.refunds[0]!.cents = 30_000;
      crm.refunds[0]!.cents = 30_000;
      crm.proposals[0]!.depositPaidCents = 0;
      books.refundReceipts = [];
      crm.applied = [];
      crm.why = [];
      Object.assign(crm.operations[2]!, { state: 'refused', qboId: null });
      crm.activity = crm.activity.filter(({ event }) => event !== 'refund_recorded');
    };
    /** Its invoice was deleted before the payment came there. */
    const neverThere = (world: World): void => {
      givenBack(world);
      const { crm, books } = world;
      books.payments = [];
      books.invoices[0]!.isDeleted = true;
      Object.assign(crm.invoices[0]!, { state: 'deleted' });
      Object.assign(crm.operations[1]!, { state: 'refused', qboId: null });
      crm.activity = crm.activity.filter(
        ({ event }) => !['payment_recorded', 'invoice_paid'].includes(event),
      );
    };
    const undone = (world: World): void => {
      givenBack(world);
      const { crm, books } = world;
      books.payments[0]!.isDeleted = true;
      Object.assign(books.invoices[0]!, { balanceCents: 30_000 });
      Object.assign(crm.invoices[0]!, { balanceCents: 30_000, state: 'open' });
      crm.proposals[0]!.qboBalanceCents = 30_000;
      crm.activity.push({ proposalId: 7, event: 'invoice_reopened', occurrence: 'I1#2' });
    };

    it('its payment never came there, or was deleted', () => {
      expect(lawsBroken(neverThere)).toEqual([]);
      expect(lawsBroken(undone)).toEqual([]);
    });

    it.each([
      ['never there', neverThere],
      ['deleted', undone],
    ])('and is one where a cent of it is still here (%s)', (_, plant) => {
      const broken = lawsBroken((world) => {
        plant(world);
        world.facts.stripe.refunds[0]!.cents = 29_999;
        world.crm.refunds[0]!.cents = 29_999;
        world.crm.proposals[0]!.depositPaidCents = 1;
      });
      expect(broken).toEqual([
        'one payment is one payment in the books',
        'what was given back is given back in the books',
      ]);
    });

    it.each(['done', 'waiting'])('and is one where its payment is said to be %s', (state) => {
      const broken = lawsBroken((world) => {
        neverThere(world);
        world.crm.operations[1]!.state = state;
      });
      expect(broken).toContain('one payment is one payment in the books');
    });
  });
});
