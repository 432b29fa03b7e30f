import type { CrmFacts, Difference, Facts } from './facts.ts';

/** What a refund is called here, by Stripe's word. */
const REFUND_STATES: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  pending: 'pending',
  requires_action: 'pending',
  failed: 'failed',
  canceled: 'cancelled',
};
const DISPUTE_STATES: Readonly<Record<string, string>> = {
  won: 'won',
  lost: 'lost',
  warning_closed: 'closed',
};

/** Between Stripe and the CRM nothing may differ, whatever the inbox says. Pure. */
export function stripeLaws({ crm, stripe, events }: Facts): Difference[] {
  const payments = crm.flatMap(({ org, payments: rows }) => rows.map((row) => ({ ...row, org })));
  const refunds = movesOf(crm, 'refunds');
  const disputes = movesOf(crm, 'disputes');
  return [
    ...stripe.charges.flatMap(({ intent, cents }) => {
      const rows = payments.filter((row) => row.intent === intent);
      if (rows.length === 1 && rows[0]!.cents === cents) return [];
      return [
        about('one charge is one payment', `${intent} over ${cents} is ${amounts(rows)} here`, rows[0]),
      ];
    }),
    ...payments
      .filter(({ intent }) => !stripe.charges.some((charge) => charge.intent === intent))
      .map((row) => about('one charge is one payment', `${row.intent} was never charged at Stripe`, row)),
    ...stripe.refunds.flatMap((refund) => oneRow('refund', refund, refunds, REFUND_STATES[refund.status])),
    ...unknownTo('refund', stripe.refunds, refunds),
    ...stripe.disputes.flatMap((dispute) =>
      oneRow('dispute', dispute, disputes, DISPUTE_STATES[dispute.status] ?? 'open'),
    ),
    ...unknownTo('dispute', stripe.disputes, disputes),
    ...stripe.eventIds.flatMap((id) => {
      const kept = events.find((event) => event.id === id);
      if (!kept) return [{ law: 'no event is lost', what: `Stripe's event ${id} never came` }];
      if (kept.state === 'processed' || kept.state === 'ignored') return [];
      return [
        {
          law: 'no event is lost',
          what: `${kept.type} ${id} is ${kept.state}: ${kept.error ?? 'no reason'}`,
        },
      ];
    }),
  ];
}

interface Move {
  org: number;
  proposalId?: number | undefined;
  stripeId: string | null;
  cents: number;
  state: string;
}

function movesOf(crm: readonly CrmFacts[], which: 'refunds' | 'disputes'): Move[] {
  return crm.flatMap((facts) =>
    facts[which].map(({ paymentId, stripeId, cents, state }) => ({
      org: facts.org,
      proposalId: facts.payments.find(({ id }) => id === paymentId)?.proposalId,
      stripeId,
      cents,
      state,
    })),
  );
}

function oneRow(
  name: 'refund' | 'dispute',
  { id, cents, status }: { id: string; cents: number; status: string },
  all: readonly Move[],
  expected: string | undefined,
): Difference[] {
  const rows = all.filter(({ stripeId }) => stripeId === id);
  const [row] = rows;
  if (rows.length === 1 && row!.cents === cents && row!.state === expected) return [];
  const found = rows.map((one) => `${one.cents} ${one.state}`).join(', ') || 'not there';
  return [
    about(`one ${name} is one ${name}`, `${id} over ${cents}, ${status} at Stripe, is ${found} here`, row),
  ];
}

function unknownTo(
  name: 'refund' | 'dispute',
  atStripe: readonly { id: string }[],
  here: readonly Move[],
): Difference[] {
  return here
    .filter(({ stripeId }) => stripeId !== null && !atStripe.some(({ id }) => id === stripeId))
    .map((row) => about(`one ${name} is one ${name}`, `${row.stripeId} is not at Stripe`, row));
}

function amounts(rows: readonly { cents: number }[]): string {
  return rows.length === 0 ? 'not there' : rows.map(({ cents }) => `${cents}`).join(' and ');
}

function about(
  law: string,
  what: string,
  row?: { org: number; proposalId?: number | undefined },
): Difference {
  if (!row) return { law, what };
  const { org, proposalId } = row;
  return proposalId === undefined ? { law, what, org } : { law, what, org, proposalId };
}
