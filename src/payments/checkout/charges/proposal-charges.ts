import type { ContractStatus } from '../../../contracts/contract-record.js';
import type { WaitingCredits } from '../../../contracts/credits/credit-shares.js';
import { type EntryChange, namedKey } from '../../../contracts/schedule/entry-change.js';
import type { CurrencyProblem } from '../../../currencies/currency-rule.js';
import { DEPOSIT, type InvoiceKey, isSameKey } from '../../../invoices/invoice-key.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import type { EntryMoney } from '../../ledger/entry-money.repository.js';
import { type ChargedInvoice, chargeQuestion } from './charge-question.js';
import { type Charge, dueCharge } from './due-charge.js';

/** An invoice of which nothing is to be charged until a person has decided. */
export interface InvoiceInDoubt extends InvoiceKey {
  /** It is in another currency in QuickBooks than its proposal; else money came for it by a page that is not known. */
  isForeign: boolean;
}

/** What is the same for every invoice of a proposal. */
export interface ChargedProposal {
  proposal: Lead;
  /** How the contract stands; null before the approval. */
  contract: ContractStatus | null;
  currencyProblem: CurrencyProblem | null;
  depositCents: number | null;
  /** Entries that bill nothing as the contract stands. */
  spent: readonly InvoiceKey[];
  money: readonly EntryMoney[];
  /** The newest generation of each, the oldest first. */
  invoices: readonly Invoice[];
  /** What credits are yet to take off invoices. */
  waiting: WaitingCredits;
  /** What of it they take off each, by its id. */
  credits: ReadonlyMap<number, number>;
  pending: readonly InvoiceKey[];
  /** What a person is asked about first: money came for it by a page that is not known here, or it is foreign. */
  inDoubt: readonly InvoiceInDoubt[];
  changes: readonly EntryChange[];
}

/** What the customer is asked for. Pure. */
export function dueOf(facts: ChargedProposal): Charge {
  const others = facts.invoices.filter(
    ({ kind, qboInvoiceId }) => kind !== 'deposit' && qboInvoiceId !== null,
  );
  return dueCharge([chargeOf(facts, DEPOSIT), ...others.map((invoice) => chargeOf(facts, invoice))]);
}

/** What may be charged of one invoice. Pure. */
export function chargeOf(facts: ChargedProposal, entry: InvoiceKey): Charge {
  const { proposal, money, pending, inDoubt, invoices, credits, changes, spent, ...common } = facts;
  const key = namedKey(entry, changes);
  const invoice = invoices.find((one) => isSameKey(one, key)) ?? null;
  const paid = money.find((one) => isSameKey(one, key));
  const charged = invoice && chargedInvoice(invoice);
  const doubts = inDoubt.filter((one) => isSameKey(one, key));
  const answer = chargeQuestion({
    ...common,
    proposalId: proposal.id,
    status: proposal.status,
    currency: proposal.currency,
    key,
    isSpent: spent.some((one) => isSameKey(one, key)),
    netCents: paid?.netCents ?? 0,
    hasOtherMoney: paid?.hasOtherMoney ?? false,
    unrecordedCents: paid?.unrecordedCents ?? 0,
    isInBooks: paid?.isInBooks ?? false,
    elsewhereCents: paid?.elsewhereCents ?? 0,
    creditsCents: (invoice && credits.get(invoice.id)) ?? 0,
    pending: pending.some((one) => isSameKey(one, key)),
    isInDoubt: doubts.some(({ isForeign }) => !isForeign),
    isForeign: doubts.some(({ isForeign }) => isForeign),
    invoice: charged,
  });
  return { key, invoice: charged, dueOn: invoice?.dueOn ?? null, answer };
}

function chargedInvoice({
  id,
  number,
  qboInvoiceId,
  state,
  totalCents,
  balanceCents,
}: Invoice): ChargedInvoice {
  return {
    id,
    number: number ?? qboInvoiceId ?? `of ${id}`,
    isMade: qboInvoiceId !== null,
    state,
    totalCents: totalCents ?? 0,
    balanceCents: balanceCents ?? 0,
  };
}
