import { ABSENT } from './absent-fields.ts';
import { type ChargeSelector, paidChargeOf } from './charge-selector.ts';
import { type Dispute, type DisputeStatus, newId } from './objects.ts';
import type { EmitEvent } from './objects.ts';
import { annotated } from './parameters.ts';
import { disputedWith } from './paid-with.ts';
import type { StripeAccount } from './stripe-account.ts';
import { invalid, noSuch } from './stripe-error.ts';

const DAYS_TO_RESPOND = 9;
const DAY_SECONDS = 86_400;

export type DisputeOutcome = 'won' | 'lost' | 'warning_closed';
export type DisputeProgress = Exclude<DisputeStatus, DisputeOutcome>;

/** What a merchant says to a dispute. */
export interface DisputeAnswer {
  evidence: Record<string, string>;
  metadata: Record<string, string> | null;
  /** Sent to the bank now; otherwise kept until it is. */
  submits: boolean;
}

export interface DisputeRequest extends ChargeSelector {
  reason?: string | undefined;
  /** Integer minor units; by default what has not been refunded, or the whole charge when all has been. */
  amount?: number | undefined;
  /** `warning_needs_response` is an inquiry: no money is withdrawn. */
  status?: 'needs_response' | 'warning_needs_response' | undefined;
}

const isInquiry = (status: DisputeStatus): boolean => status.startsWith('warning_');
const isClosed = (status: DisputeStatus): boolean => ['won', 'lost', 'warning_closed'].includes(status);

/** Disputes of charges. A charge may have several; each has its own amount, status and end. */
export class Disputes {
  readonly #account: StripeAccount;
  readonly #emit: EmitEvent;

  constructor(account: StripeAccount, emit: EmitEvent) {
    this.#account = account;
    this.#emit = emit;
  }

  /**
   * The customer goes to the bank. Emits `charge.dispute.created`, and `.funds_withdrawn` unless it is an
   * inquiry.
   */
  open(request: DisputeRequest): Dispute {
    const charge = paidChargeOf(this.#account, request);
    const amount = request.amount ?? (charge.amount - charge.amount_refunded || charge.amount);
    if (amount > charge.amount)
      throw invalid('amount', 'A dispute is over the amount of its charge at most.');
    const status = request.status ?? 'needs_response';
    const dispute: Dispute = {
      ...ABSENT.dispute,
      id: newId('du'),
      object: 'dispute',
      amount,
      balance_transactions: [],
      charge: charge.id,
      created: this.#account.now(),
      currency: charge.currency,
      enhanced_eligibility_types: [],
      evidence: { ...ABSENT.evidence, enhanced_evidence: {} },
      evidence_details: {
        due_by: this.#account.now() + DAYS_TO_RESPOND * DAY_SECONDS,
        enhanced_eligibility: {},
        has_evidence: false,
        past_due: false,
        submission_count: 0,
      },
      is_charge_refundable: isInquiry(status),
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      payment_method_details: disputedWith(charge.payment_method_details.type, isInquiry(status)),
      reason: request.reason ?? 'fraudulent',
      status,
    };
    charge.disputed = true;
    this.#account.disputes.set(dispute.id, dispute);
    this.#emit('charge.dispute.created', dispute);
    if (!isInquiry(status)) this.#withdraw(dispute);
    return dispute;
  }

  /** Moves an open dispute on. An inquiry that becomes a dispute withdraws its money then. */
  update(id: string, status: DisputeProgress): Dispute {
    const dispute = this.#open(id);
    const escalates = isInquiry(dispute.status) && !isInquiry(status);
    dispute.status = status;
    dispute.is_charge_refundable = isInquiry(status);
    this.#emit('charge.dispute.updated', dispute);
    if (escalates) this.#withdraw(dispute);
    return dispute;
  }

  /** Notes, and evidence: kept on the dispute, and sent in unless it is not to be: then the bank looks at it. */
  answer(id: string, { evidence, metadata, submits }: DisputeAnswer): Dispute {
    const sent = Object.keys(evidence).length > 0;
    const dispute = sent ? this.#open(id) : this.find(id);
    dispute.metadata = annotated(dispute.metadata, metadata);
    const given = Object.entries(evidence).map(([name, text]) => [name, text === '' ? null : text]);
    dispute.evidence = { ...dispute.evidence, ...Object.fromEntries(given) };
    if (sent) dispute.evidence_details.has_evidence = true;
    if (!sent || !submits) {
      this.#emit('charge.dispute.updated', dispute);
      return dispute;
    }
    dispute.evidence_details.submission_count += 1;
    return this.update(id, isInquiry(dispute.status) ? 'warning_under_review' : 'under_review');
  }

  /** The bank decides. A dispute that is won gives its money back first: `charge.dispute.funds_reinstated`. */
  close(id: string, outcome: DisputeOutcome): Dispute {
    const dispute = this.#open(id);
    if (isInquiry(dispute.status) !== (outcome === 'warning_closed'))
      throw invalid('status', `A dispute with a status of ${dispute.status} cannot become ${outcome}.`);
    dispute.status = outcome;
    dispute.is_charge_refundable = outcome !== 'lost';
    if (outcome === 'won') this.#reinstate(dispute);
    this.#emit('charge.dispute.closed', dispute);
    return dispute;
  }

  /** A lost dispute is decided again, for the merchant: won, its money reinstated, after it had been closed. */
  overturn(id: string): Dispute {
    const dispute = this.find(id);
    if (dispute.status !== 'lost') throw invalid('dispute', 'Only a lost dispute can be overturned.');
    dispute.status = 'won';
    dispute.is_charge_refundable = true;
    this.#emit('charge.dispute.updated', dispute);
    this.#reinstate(dispute);
    return dispute;
  }

  find(id: string): Dispute {
    const dispute = this.#account.disputes.get(id);
    if (!dispute) throw noSuch('dispute', id, 'dispute');
    return dispute;
  }

  #open(id: string): Dispute {
    const dispute = this.find(id);
    if (isClosed(dispute.status)) throw invalid('dispute', `This dispute is already ${dispute.status}.`);
    return dispute;
  }

  /** The money comes back; the fee of the dispute only where the account has it so. */
  #reinstate(dispute: Dispute): void {
    const { disputeFee, returnsDisputeFee } = this.#account.balance.settings;
    const fee = returnsDisputeFee ? { amount: -disputeFee, description: 'Dispute fee' } : undefined;
    this.#record(dispute, 'dispute_reversal', dispute.amount, fee);
    this.#emit('charge.dispute.funds_reinstated', dispute);
  }

  #record(
    dispute: Dispute,
    category: string,
    amount: number,
    fee: { amount: number; description: string } | undefined,
  ): void {
    const movement = {
      type: 'adjustment',
      category,
      source: dispute.id,
      amount,
      currency: dispute.currency,
      fee,
    };
    const description = `Chargeback ${amount < 0 ? 'withdrawal' : 'reversal'} for ${dispute.charge}`;
    dispute.balance_transactions.push(this.#account.balance.record({ ...movement, description }));
  }

  #withdraw(dispute: Dispute): void {
    const fee = { amount: this.#account.balance.settings.disputeFee, description: 'Dispute fee' };
    this.#record(dispute, 'dispute', -dispute.amount, fee);
    this.#emit('charge.dispute.funds_withdrawn', dispute);
  }
}
