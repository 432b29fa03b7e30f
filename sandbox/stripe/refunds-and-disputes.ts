import type { Charge, Dispute, Refund } from './objects.ts';
import { newId } from './objects.ts';
import { StripeError, invalid, missing, noSuch } from './stripe-error.ts';
import type { EmitEvent, StripeAccount } from './stripe-account.ts';

/** What a refund or a dispute is about: a charge, or the payment intent whose latest charge is meant. */
export interface ChargeSelector {
  charge?: string | undefined;
  paymentIntent?: string | undefined;
}

function major(minor: number): string {
  return `$${(minor / 100).toFixed(2)}`;
}

/** Refunds and disputes of charges. */
export class RefundsAndDisputes {
  readonly #account: StripeAccount;
  readonly #emit: EmitEvent;

  constructor(account: StripeAccount, emit: EmitEvent) {
    this.#account = account;
    this.#emit = emit;
  }

  /** Refunds a charge in part or, without `amount`, all that is left of it. Integer minor units. */
  refund(
    aim: ChargeSelector,
    amount?: number,
    reason: string | null = null,
    metadata: Record<string, string> = {},
  ): Refund {
    const charge = this.#chargeAt(aim);
    const left = charge.amount_captured - charge.amount_refunded;
    if (charge.refunded)
      throw new StripeError(`Charge ${charge.id} has already been refunded.`, {
        code: 'charge_already_refunded',
      });
    if (!charge.paid) throw new StripeError(`Charge ${charge.id} has not been paid.`);
    const wanted = amount ?? left;
    if (wanted <= 0)
      throw new StripeError('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: 'amount',
      });
    if (wanted > left)
      throw invalid(
        'amount',
        `Refund amount (${major(wanted)}) is greater than unrefunded amount on charge (${major(left)})`,
      );
    const refund: Refund = {
      id: newId('re'),
      object: 'refund',
      amount: wanted,
      charge: charge.id,
      created: this.#account.now(),
      currency: charge.currency,
      metadata,
      payment_intent: charge.payment_intent,
      reason,
      status: 'succeeded',
    };
    this.#account.refunds.set(refund.id, refund);
    charge.amount_refunded += wanted;
    charge.refunded = charge.amount_refunded === charge.amount_captured;
    this.#emit('charge.refunded', charge);
    return refund;
  }

  /** The customer asks the bank for the money back. */
  dispute(aim: ChargeSelector, reason = 'fraudulent', amount?: number): Dispute {
    const charge = this.#chargeAt(aim);
    if (!charge.paid) throw new StripeError(`Charge ${charge.id} has not been paid.`);
    const dispute: Dispute = {
      id: newId('du'),
      object: 'dispute',
      amount: amount ?? charge.amount - charge.amount_refunded,
      charge: charge.id,
      created: this.#account.now(),
      currency: charge.currency,
      is_charge_refundable: false,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      reason,
      status: 'needs_response',
    };
    charge.disputed = true;
    this.#account.disputes.set(dispute.id, dispute);
    this.#emit('charge.dispute.created', dispute);
    return dispute;
  }

  closeDispute(id: string, status: 'won' | 'lost'): Dispute {
    const dispute = this.#account.disputes.get(id);
    if (!dispute) throw noSuch('dispute', id, 'dispute');
    if (dispute.status !== 'needs_response')
      throw invalid('dispute', `This dispute is already ${dispute.status}.`);
    dispute.status = status;
    this.#emit('charge.dispute.closed', dispute);
    return dispute;
  }

  #chargeAt({ charge: chargeId, paymentIntent: intentId }: ChargeSelector): Charge {
    if (chargeId === undefined && intentId === undefined) throw missing('payment_intent');
    const intent = intentId === undefined ? undefined : this.#account.intents.get(intentId);
    if (intentId !== undefined && !intent) throw noSuch('payment_intent', intentId, 'payment_intent');
    const wanted = chargeId ?? intent?.latest_charge;
    if (!wanted)
      throw new StripeError(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`);
    const charge = this.#account.charges.get(wanted);
    if (!charge) throw noSuch('charge', wanted, 'charge');
    return charge;
  }
}
