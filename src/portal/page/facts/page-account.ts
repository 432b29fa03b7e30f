import {
  type BilledInvoice,
  creditableInvoices,
  type CreditPayouts,
  type WaitingCredits,
  waitingShares,
} from '../../../contracts/credits/credit-shares.js';
import type { PlannedEntry } from '../../../contracts/schedule/entry-plan.js';
import { type EntryChange, namedKey } from '../../../contracts/schedule/entry-change.js';
import { type ContractCredit, counts, creditCounts } from '../../../contracts/billing/contract-standing.js';
import { type InvoiceKey, isSameKey, type NamedKey } from '../../../invoices/invoice-key.js';
import type { DepositMode } from '../../../orgs/settings/org-settings.entity.js';
import { sumCents } from '../../../platform/money/cents.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';

/** `paid_here`: by the payment page, and QuickBooks is yet to show it. */
export type RowState = 'planned' | 'on_its_way' | 'due' | 'overdue' | 'paid' | 'paid_here' | 'credited';

/** One step by which the contract is paid. */
export interface AccountRow {
  key: NamedKey;
  state: RowState;
  /** With tax, once it is invoiced. */
  amountCents: number;
  /** What of it is still to be paid, once it is invoiced. */
  openCents: number;
  invoiceNumber: string | null;
  dueOn: CalendarDay | null;
  /** Of a planned one: what it waits for. */
  milestone: string | null;
  plannedOn: CalendarDay | null;
}

/** What a customer owes and has paid of a contract, in cents of its currency. */
export interface PageAccount {
  valueCents: number;
  /** What invoices add, less what credits took off it. */
  taxCents: number;
  /** To be paid, now or later. */
  remainingCents: number;
  /** An invoice is to come over the tax of what was paid beforehand, which is not known yet. */
  isTaxToCome: boolean;
  /** Paid for an invoice beyond what was open on it. */
  overpaidCents: number;
  /** Credited beyond what is to be paid: it comes off what is billed next, or is paid back. */
  creditCents: number;
  /** What the customer's bank took back of what the books count as paid. */
  takenBackCents: number;
  /** Refunded of what the books count as paid, not owed again, and not in place of a credit. */
  refundedCents: number;
  /** Of invoices, what is neither paid nor credited and not asked for any more. */
  writtenOffCents: number;
  /** An invoice is paid or settled, by whatever way. */
  hasSettled: boolean;
  /** The number of the newest of these, as QuickBooks has it. */
  settledNumber: string | null;
  rows: AccountRow[];
}

/** An invoice as QuickBooks last said. */
export interface AccountInvoice extends BilledInvoice {
  number: string | null;
  totalCents: number | null;
  dueOn: CalendarDay | null;
}

/** What was paid here for one entry. */
export interface AccountMoney extends InvoiceKey {
  netCents: number;
  unrecordedCents: number;
  /** What of that somebody may have entered in QuickBooks anew by now. */
  replacedCents: number;
  /** On the invoice in QuickBooks, whoever has that money now. */
  standingCents: number;
  refundedCents: number;
  lostCents: number;
}

export interface AccountFacts {
  valueCents: number;
  depositMode: DepositMode;
  isTaxToCome: boolean;
  standing: { remainingCents: number; retainedCents: number; depositHeldCents: number };
  entries: readonly PlannedEntry[];
  /** The newest generation of each. */
  invoices: readonly AccountInvoice[];
  money: readonly AccountMoney[];
  /** What credits of the contract are on no invoice in QuickBooks yet. */
  waiting: WaitingCredits;
  /** Refunds that pay credits out, or may: the customer has that money, and not the credit as well. */
  payouts: CreditPayouts;
  /** Credit memos of change orders, whether they are on an invoice or not. */
  memos: readonly ContractCredit[];
  /** The entries that bill a change order. */
  changes: readonly EntryChange[];
}

/**
 * How a customer's account of a contract stands: what is not billed yet and what is open on invoices, less what was
 * paid or credited here and is not on them yet; what a bank took back is owed again. Pure.
 */
export function pageAccount(facts: AccountFacts): PageAccount {
  const { valueCents, isTaxToCome, standing, entries, invoices, money, payouts, waiting } = facts;
  const credits = waitingShares(creditableInvoices(invoices, money), waiting);
  const account: PageAccount = {
    valueCents,
    taxCents: 0 - sumCents(facts.memos.filter(creditCounts).map(({ taxCents }) => taxCents ?? 0)),
    remainingCents: Math.max(standing.remainingCents + standing.retainedCents - standing.depositHeldCents, 0),
    isTaxToCome,
    overpaidCents: 0,
    creditCents: 0,
    takenBackCents: 0,
    refundedCents: 0,
    writtenOffCents: 0,
    hasSettled: invoices.some(isSettled),
    settledNumber: invoices.findLast(isSettled)?.number ?? null,
    rows: [],
  };
  for (const entry of entries) {
    const key = namedKey(entry, facts.changes);
    const paid = money.find((one) => isSameKey(one, key)) ?? NO_MONEY;
    const invoice = invoices.find((one) => isSameKey(one, key)) ?? null;
    if (invoice && entry.invoice && counts(entry.invoice)) {
      const creditCents = credits.byInvoice.get(invoice.id) ?? 0;
      // The standing counts a refund of a deposit that is held as owed again.
      const isOwedAgain = key.kind === 'deposit' && facts.depositMode === 'liability';
      addInvoice(account, key, { invoice, paid, entry, creditCents, isOwedAgain });
    } else if (entry.state !== 'void' || paid.netCents > 0) {
      account.remainingCents = Math.max(account.remainingCents - paid.netCents, 0);
      account.rows.push({
        key,
        state: paid.netCents > 0 ? 'paid_here' : 'planned',
        amountCents: Math.max(entry.plannedCents, paid.netCents),
        openCents: 0,
        invoiceNumber: null,
        dueOn: null,
        milestone: entry.milestone,
        plannedOn: entry.triggerOn,
      });
    }
  }
  // What no invoice takes now comes off what is billed later, in the same books.
  const beyondCents = Math.max(credits.leftCents - account.remainingCents, 0) + credits.leftElsewhereCents;
  account.creditCents = Math.max(beyondCents - payouts.creditsCents, 0) + payouts.notGivenBackCents;
  account.remainingCents = Math.max(account.remainingCents - credits.leftCents, 0);
  account.refundedCents = Math.max(account.refundedCents - payouts.refundsCents, 0);
  account.rows = account.rows.filter(({ amountCents }) => amountCents > 0);
  return account;
}

/** False where an invoice was settled without money, or in part: by a credit, or because it was given up. */
export function isAllPaid(account: PageAccount | null): boolean {
  return account?.rows.every(({ state }) => state !== 'credited') ?? true;
}

const NO_MONEY = {
  netCents: 0,
  unrecordedCents: 0,
  replacedCents: 0,
  standingCents: 0,
  refundedCents: 0,
  lostCents: 0,
};

function addInvoice(
  account: PageAccount,
  key: NamedKey,
  facts: {
    invoice: AccountInvoice;
    paid: typeof NO_MONEY;
    entry: PlannedEntry;
    creditCents: number;
    /** What is refunded of it. */
    isOwedAgain: boolean;
  },
): void {
  const { invoice, paid, entry, creditCents, isOwedAgain } = facts;
  const { amountCents, taxCents, creditTaxCents, writtenOffCents } = entry.invoice!;
  const totalCents = invoice.totalCents ?? amountCents ?? 0;
  const balanceCents = invoice.balanceCents ?? totalCents;
  const openCents = Math.max(balanceCents - paid.unrecordedCents - creditCents, 0);
  // What may be on the invoice already under another name is nothing beyond it.
  const missingCents = paid.unrecordedCents - paid.replacedCents;
  // What a bank took back is owed again, whether or not somebody has taken it off the invoice: it is open there, or it
  // stands there and is not with us. What was paid since, by card or in another way, is paid.
  const notWithUsCents = Math.max(paid.standingCents + missingCents - paid.netCents, 0);
  const takenBackCents = Math.min(paid.lostCents, notWithUsCents);
  // What counts as paid and is neither with us nor owed again went back.
  const settledCents = openCents + creditCents + takenBackCents + writtenOffCents;
  const goneCents = Math.max(totalCents - settledCents - paid.netCents, 0);
  if (!isOwedAgain) account.refundedCents += Math.min(paid.refundedCents, goneCents);
  account.taxCents += (taxCents ?? 0) - creditTaxCents;
  account.writtenOffCents += writtenOffCents;
  account.remainingCents += openCents + takenBackCents;
  account.overpaidCents += Math.max(missingCents - balanceCents, 0);
  if (paid.netCents === 0) account.takenBackCents += takenBackCents;
  if (openCents === 0) account.hasSettled = true;
  account.rows.push({
    key,
    state: stateOf(invoice, openCents, balanceCents, creditCents + writtenOffCents),
    amountCents: totalCents,
    openCents,
    invoiceNumber: invoice.number,
    dueOn: invoice.dueOn,
    milestone: null,
    plannedOn: null,
  });
}

function isSettled({ state }: AccountInvoice): boolean {
  return state === 'paid' || state === 'settled_by_credit';
}

function stateOf(
  { state }: AccountInvoice,
  openCents: number,
  balanceCents: number,
  unpaidCents: number,
): RowState {
  if (state === null) return openCents === 0 ? 'paid_here' : 'on_its_way';
  if (state === 'settled_by_credit') return 'credited';
  if (openCents === 0 && unpaidCents > 0) return 'credited';
  if (openCents === 0) return balanceCents === 0 ? 'paid' : 'paid_here';
  return state === 'overdue' ? 'overdue' : 'due';
}
