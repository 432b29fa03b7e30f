import type { Charge } from './objects.ts';
import type { StripeAccount } from './stripe-account.ts';
import { StripeError, invalid, missing, noSuch } from './stripe-error.ts';

/** What a refund or a dispute is about: a charge, or the payment intent whose latest charge is meant, not both. */
export interface ChargeSelector {
  charge?: string | undefined;
  paymentIntent?: string | undefined;
}

/** The charge selected, paid; a StripeError where there is none. */
export function paidChargeOf(account: StripeAccount, selector: ChargeSelector): Charge {
  const { charge: chargeId, paymentIntent: intentId } = selector;
  if (chargeId === undefined && intentId === undefined) throw missing('payment_intent');
  if (chargeId !== undefined && intentId !== undefined)
    throw invalid('charge', 'You may only specify one of these parameters: charge, payment_intent.');
  const intent = intentId === undefined ? undefined : account.intents.get(intentId);
  if (intentId !== undefined && !intent) throw noSuch('payment_intent', intentId, 'payment_intent');
  const wanted = chargeId ?? intent?.latest_charge;
  if (!wanted)
    throw new StripeError(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`);
  const charge = account.charges.get(wanted);
  if (!charge) throw noSuch('charge', wanted, 'charge');
  if (!charge.paid)
    throw new StripeError(
      intentId === undefined
        ? `Charge ${charge.id} has not been paid.`
        : `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    );
  return charge;
}
