import { isLive } from '../../../../invoices/invoice-state.js';
import { moneyText } from '../../../../messages/format.js';
import type { OperationKind } from '../../../operations/operation-payloads.js';
import type { ConnectionFacts, InboxFacts, ProposalFacts, UnfinishedFacts } from '../explain-facts.js';
import { connectionTrouble, decideAnew, KEPT_OUT } from './explain-operation.js';
import { againAt, type Answer, clause, NOTHING_TO_DO } from './wording.js';
import { isMaybeDone } from '../../../operations/operation-state.js';

/** What is open about a thing beside its main answer. */
export interface OpenMatters {
  /** Of the proposal, or of the customer. */
  id: number;
  inbox: InboxFacts | null;
  inboxCount: number;
  unfinished: readonly UnfinishedFacts[];
  connection: ConnectionFacts;
  /** Money with us beyond what the invoice comes to, as text; null where there is none. */
  excess: string | null;
  /** The customer whose invoices a person keeps out of QuickBooks; null where nobody does. */
  keptOut: number | null;
  now: Date;
  timeZone: string;
}

/** Next steps that leave it to others, or to time. */
const LEAVES_IT = /^(Nothing to do|Wait|Look again|Remind)/;

const NOUNS: Record<OperationKind, string> = {
  'customer.create': 'the customer',
  'customer.update': 'the change of the customer',
  'customer.currency': 'the customer in the currency of the invoice',
  'invoice.create': 'the invoice',
  'invoice.void': 'the voiding of the invoice',
  'item.create': 'the product of the invoice',
  'payment.create': 'the payment',
  'payment.apply': 'what the customer paid on the invoice before this one',
  'refund.create': 'the refund',
  'credit.create': 'the credit memo of a change order',
  'credit.apply': 'the use of a credit memo on an invoice',
};

/**
 * The main answer, completed by what else is open, so that it never says less than the inbox does: an open item has the
 * word about what to do; then money beyond the invoice; then what is still to be done in QuickBooks. Pure and total.
 */
export function withOpenMatters(main: Answer, matters: OpenMatters): Answer {
  if (matters.inbox) return withItem(main, matters.inbox, matters.inboxCount);
  if (matters.excess !== null) return withExcess(main, matters.excess, matters.id);
  const [first] = matters.unfinished;
  if (first && main.nextStep.startsWith(bare(NOTHING_TO_DO))) return withUnfinished(main, first, matters);
  // The customer has paid, and is not to be waited for or reminded.
  const application = matters.unfinished.find(({ kind }) => kind === 'payment.apply');
  return application && LEAVES_IT.test(main.nextStep) ? withUnfinished(main, application, matters) : main;
}

/** Money with us beyond what the invoice comes to, in cents: of the deposit, and what came to the invoice beside it. */
export function excessCents({ deposit, invoice, recordPayments, recording }: ProposalFacts): number {
  if (!deposit || !invoice || invoice.state === null || !isLive(invoice)) return 0;
  const { paidCents, recordedCents, totalCents } = invoice;
  // Where the organisation records payments itself, money on the invoice may be the deposit; and so may what somebody
  // entered once they had taken off what was recorded from here.
  const takenOffCents = recording === null ? Math.max(deposit.netCents - recordedCents, 0) : 0;
  const beside = recordPayments ? Math.max(paidCents - recordedCents - takenOffCents, 0) : 0;
  return Math.max(deposit.netCents + beside - totalCents, 0);
}

export function excessText(facts: ProposalFacts): string | null {
  const cents = excessCents(facts);
  return cents > 0 ? moneyText(cents, facts.currency) : null;
}

/** An invoice of which nothing was sent yet. */
function isWaitingInvoice({ kind, state }: Pick<UnfinishedFacts, 'kind' | 'state'>): boolean {
  return kind === 'invoice.create' && !isMaybeDone(state);
}

function withItem({ answer, nextStep }: Answer, item: InboxFacts, count: number): Answer {
  const others = count - 1;
  const more = others > 0 ? ` The inbox has ${others} more about it.` : '';
  if (nextStep.includes(item.nextStep)) return { answer, nextStep: `${nextStep}${more}` };
  const isSaid = item.nextStep.startsWith(bare(nextStep));
  const rest = isSaid || LEAVES_IT.test(nextStep) ? '' : ` ${nextStep}`;
  return {
    answer: `${bare(answer)}; a person has to decide: ${clause(item.reason)}.`,
    nextStep: `${item.nextStep}${rest}${more}`,
  };
}

function withExcess({ answer, nextStep }: Answer, excess: string, proposalId: number): Answer {
  const step =
    'Refund what is too much by POST /payments/{id}/refund {"amount_cents": …, "reason": "…"}, with the id that GET ' +
    `/payments?proposal_id=${proposalId} names, or agree with the customer what it is for.`;
  return {
    answer: `${bare(answer)}; ${excess} more than the invoice comes to is with us.`,
    nextStep: LEAVES_IT.test(nextStep) ? step : `${step} ${nextStep}`,
  };
}

function withUnfinished(
  { answer }: Answer,
  { kind, state, reason, nextAttemptAt }: UnfinishedFacts,
  { connection, keptOut, now, timeZone }: OpenMatters,
): Answer {
  const noun = NOUNS[kind];
  const missing = `${noun} is not ${kind === 'payment.apply' ? 'on it' : 'in QuickBooks'} yet`;
  const trouble = connectionTrouble(connection, timeZone);
  if (trouble) {
    return {
      answer: `${bare(answer)}; ${missing}, because ${trouble.clause}.`,
      nextStep: trouble.nextStep,
    };
  }
  const again = againAt(nextAttemptAt, { now, timeZone });
  if (keptOut !== null && isWaitingInvoice({ kind, state })) {
    return { answer: `${bare(answer)}; ${missing}, because ${KEPT_OUT}.`, nextStep: decideAnew(keptOut) };
  }
  if (isMaybeDone(state)) {
    return {
      answer: `${bare(answer)}; QuickBooks has not said yet whether it took ${noun}, which is looked for ${again}.`,
      nextStep: 'Wait, and do not enter it in QuickBooks by hand meanwhile.',
    };
  }
  const why = reason === null ? '' : ` (${clause(reason)})`;
  return {
    answer: `${bare(answer)}; ${missing}${why} and is tried ${again}.`,
    nextStep: 'Wait; it is done by itself.',
  };
}

function bare(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
