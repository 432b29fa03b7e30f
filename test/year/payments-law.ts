import type { Json } from '../support/people.js';
import { compare, type Difference } from './difference.js';
import type { Moment, Year } from './year.js';

/** What is with us of every payment is what Stripe has of it: the charge, less what went back, less what was lost. */
export async function paymentsLaw(year: Year, _moment: Moment): Promise<Difference[]> {
  const { items } = await year.read('/payments?limit=200');
  const product = new Map(
    (items as Json[]).map((one) => [
      String(one.id),
      [one.amount_cents, one.refunded_cents, one.lost_cents, one.net_cents].join(', '),
    ]),
  );
  const expected = new Map<string, string>();
  for (const { currency, charges } of year.diary.jobs)
    for (const { paymentId, intent } of charges) {
      const { latest_charge: charge } = await year.books.stripe.show(
        `payment_intents/${intent}?expand[]=latest_charge`,
      );
      const { data } = await year.books.stripe.show(`disputes?payment_intent=${intent}&limit=100`);
      const lost = (data as Json[])
        .filter(({ status }) => status === 'lost')
        .reduce((sum, { amount }) => sum + (amount as number), 0);
      const { amount, amount_refunded: refunded } = charge as Record<string, number>;
      const inCents = (units: number): number => (currency === 'JPY' ? units * 100 : units);
      const figures = [amount!, refunded!, lost, amount! - refunded! - lost];
      expected.set(String(paymentId), figures.map(inCents).join(', '));
    }
  return compare('paid, refunded, lost and left', product, expected);
}
