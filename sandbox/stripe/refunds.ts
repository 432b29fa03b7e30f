import { ABSENT } from './absent-fields.ts';
import type { BalanceTransaction } from './balance-objects.ts';
import { amountShown } from './amount-limits.ts';
import { type ChargeSelector, paidChargeOf } from './charge-selector.ts';
import { type Charge, type Refund, type RefundStatus, newId } from './objects.ts';
import type { EmitEvent } from './objects.ts';
import { annotated } from './parameters.ts';
import { refundedTo } from './paid-with.ts';
import type { StripeAccount } from './stripe-account.ts';
import { StripeError, invalid, noSuch } from './stripe-error.ts';

export interface RefundRequest extends ChargeSelector {
  /** Integer minor units; all that is left of the charge without it. */
  amount?: number | undefined;
  reason?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
  /** `pending` as with bank payments, `requires_action` as with refunds the customer has to claim. */
  status?: 'succeeded' | 'pending' | 'requires_action' | undefined;
}

const OPEN: readonly RefundStatus[] = ['pending', 'requires_action'];
/** Disputes that stand in the way of a refund: their money has been withdrawn. */
const WITHDRAWN = ['needs_response', 'under_review', 'lost'];

/** Refunds of charges, and what becomes of them afterwards. */
export class Refunds {
  readonly #account: StripeAccount;
  readonly #emit: EmitEvent;

  constructor(account: StripeAccount, emit: EmitEvent) {
    this.#account = account;
    this.#emit = emit;
  }

  /** Refunds a charge in part or in full. Emits `refund.created`, then `charge.refunded`. */
  create(request: RefundRequest): Refund {
    const charge = paidChargeOf(this.#account, request);
    const amount = this.#amountOf(charge, request.amount);
    const refund: Refund = {
      ...ABSENT.refund,
      id: newId('re'),
      object: 'refund',
      amount,
      balance_transaction: null,
      charge: charge.id,
      created: this.#account.now(),
      currency: charge.currency,
      destination_details: refundedTo(charge.payment_method_details.type),
      metadata: request.metadata ?? {},
      payment_intent: charge.payment_intent,
      reason: request.reason ?? null,
      receipt_number: null,
      source_transfer_reversal: null,
      status: request.status ?? 'succeeded',
      transfer_reversal: null,
    };
    refund.balance_transaction = this.#record(refund, charge, -amount).id;
    this.#account.refunds.set(refund.id, refund);
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount_captured;
    this.#emit('refund.created', refund);
    this.#emit('charge.refunded', charge);
    return refund;
  }

  /**
   * What the bank does later: a refund that is under way succeeds or is cancelled; one that failed, also
   * after it had succeeded, gives its money back to the charge. Emits `refund.updated` and
   * `charge.refund.updated`; for a failure `refund.failed` too.
   */
  update(id: string, status: 'succeeded' | 'failed' | 'canceled', failureReason = 'unknown'): Refund {
    const refund = this.find(id);
    const isOpen = OPEN.includes(refund.status);
    if (!isOpen && !(refund.status === 'succeeded' && status === 'failed'))
      throw new StripeError(`A refund with a status of ${refund.status} cannot become ${status}.`);
    refund.status = status;
    if (status === 'failed') refund.failure_reason = failureReason;
    if (status !== 'succeeded') this.#giveBack(refund);
    this.#emit('refund.updated', refund);
    this.#emit('charge.refund.updated', refund);
    if (status === 'failed') this.#emit('refund.failed', refund);
    return refund;
  }

  /** `POST /v1/refunds/{id}/cancel`: only what waits for the customer. */
  cancel(id: string): Refund {
    const refund = this.find(id);
    if (refund.status !== 'requires_action')
      throw new StripeError(
        `You can only cancel refunds with a status of requires_action. This refund has a status of ${refund.status}.`,
      );
    return this.update(id, 'canceled');
  }

  /** Replaces the metadata named; an empty value takes a key away. */
  annotate(id: string, metadata: Record<string, string> | null): Refund {
    const refund = this.find(id);
    refund.metadata = annotated(refund.metadata, metadata);
    this.#emit('refund.updated', refund);
    return refund;
  }

  find(id: string): Refund {
    const refund = this.#account.refunds.get(id);
    if (!refund) throw noSuch('refund', id, 'refund');
    return refund;
  }

  #amountOf(charge: Charge, asked: number | undefined): number {
    if (charge.refunded)
      throw new StripeError(`Charge ${charge.id} has already been refunded.`, {
        code: 'charge_already_refunded',
      });
    if (this.#isWithdrawn(charge))
      throw new StripeError(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
        code: 'charge_disputed',
      });
    const left = charge.amount_captured - charge.amount_refunded;
    const amount = asked ?? left;
    if (amount <= 0)
      throw new StripeError('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: 'amount',
      });
    if (amount > left)
      throw invalid(
        'amount',
        `Refund amount (${amountShown(amount, charge.currency)}) is greater than unrefunded amount on charge ` +
          `(${amountShown(left, charge.currency)})`,
      );
    return amount;
  }

  #isWithdrawn(charge: Charge): boolean {
    if (this.#account.refundsOfDisputedCharges === 'allow') return false;
    return [...this.#account.disputes.values()].some(
      (dispute) => dispute.charge === charge.id && WITHDRAWN.includes(dispute.status),
    );
  }

  #giveBack(refund: Refund): void {
    const charge = this.#account.charges.get(refund.charge);
    if (!charge) return;
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    refund.failure_balance_transaction = this.#record(refund, charge, refund.amount).id;
  }

  #record(refund: Refund, charge: Charge, amount: number): BalanceTransaction {
    const isCard = charge.payment_method_details.type === 'card';
    const back = isCard ? 'refund_failure' : 'payment_failure_refund';
    return this.#account.balance.record({
      type: amount < 0 ? (isCard ? 'refund' : 'payment_refund') : back,
      category: amount < 0 ? 'refund' : 'refund_failure',
      source: refund.id,
      amount,
      currency: refund.currency,
    });
  }
}
