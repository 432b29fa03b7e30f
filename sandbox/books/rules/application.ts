import type { EntityName } from '../catalog.ts';
import { badEnum, businessRule, objectNotFound, required } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { isReceivable } from '../ledger/accounts.ts';
import { openItemKey } from '../ledger/posting.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import type { Store } from '../store.ts';
import { type Application, appliedLine } from './applied-line.ts';
import type { RuleContext } from './rule-context.ts';

export type Payer = 'Payment' | 'BillPayment';

interface Side {
  party: 'CustomerRef' | 'VendorRef';
  /** What is paid. */
  debit: EntityName;
  /** What is used to pay. */
  credit: EntityName;
}

export const SIDES: Record<Payer, Side> = {
  Payment: { party: 'CustomerRef', debit: 'Invoice', credit: 'CreditMemo' },
  BillPayment: { party: 'VendorRef', debit: 'Bill', credit: 'VendorCredit' },
};

const OTHER_LINKS = new Set([
  'Expense',
  'Check',
  'CreditCardCredit',
  'Estimate',
  'ReimburseCharge',
  'StatementCharge',
]);

export function applicationsOf(body: Body | undefined): Application[] {
  return rowsOf(body, 'Line').flatMap((line) => {
    const link = rowsOf(line, 'LinkedTxn')[0];
    const id = textOf(link, 'TxnId');
    const type = textOf(link, 'TxnType');
    if (id === undefined || type === undefined) return [];
    return [{ type, id, minor: minorOf(line.Amount, currencyOf(body)), line }];
  });
}

export function appliedTo(applications: Application[], type: string, id: string): number {
  return applications
    .filter((one) => one.type === type && one.id === id)
    .reduce((sum, one) => sum + one.minor, 0);
}

/** Whether `customerId` is `other` or stands somewhere below it: a parent may pay for its jobs. */
function isWithin(store: Store, customerId: string | undefined, other: string | undefined): boolean {
  if (customerId === undefined) return false;
  if (customerId === other) return true;
  return isWithin(store, refOf(store.find('Customer', customerId), 'ParentRef'), other);
}

function targetOf(context: RuleContext, payer: Payer, draft: Body, one: Application): Body {
  const { party, debit, credit } = SIDES[payer];
  const isOpenPart = payer === 'Payment' && OPEN_PARTS.has(one.type);
  if (one.type !== debit && one.type !== credit && !isOpenPart) {
    throw badEnum('TxnType', one.type);
  }
  const target = context.company.store.find(one.type as EntityName, one.id);
  if (!target) throw objectNotFound();
  if (isOpenPart) return target;
  const isTheirs =
    party === 'CustomerRef'
      ? isWithin(context.company.store, refOf(target, party), refOf(draft, party))
      : refOf(target, party) === refOf(draft, party);
  if (!isTheirs) throw businessRule(`The ${one.type} ${one.id} belongs to someone else.`);
  return target;
}

/** Documents of which a part may stand on accounts receivable, as a credit of the customer's or a debt. */
const OPEN_PARTS = new Set(['JournalEntry', 'Deposit']);

/**
 * What a journal entry or a deposit leaves open with the customer, debit positive, less what this payment
 * took of it.
 */
function openPartOf(context: RuleContext, draft: Body, one: Application): number {
  const customer = refOf(draft, 'CustomerRef')!;
  return context.company.store.ledger.open(openItemKey(one.type, one.id, customer)).amount;
}

function checkLine(line: Body): void {
  const type = textOf(rowsOf(line, 'LinkedTxn')[0], 'TxnType');
  if (line.Amount === undefined) throw required('Line.Amount');
  if (type === undefined) throw required('Line.LinkedTxn');
}

interface Known extends Application {
  target: Body;
  /** What is open on it, counting what this same payment already took of it. */
  open: number;
  /** Whether it is paid, or used to pay. */
  side: 'debit' | 'credit';
}

function knownApplication(
  context: RuleContext,
  payer: Payer,
  draft: Body,
  one: Application,
  earlier: Application[],
): Known {
  const target = targetOf(context, payer, draft, one);
  const taken = appliedTo(earlier, one.type, one.id);
  if (!OPEN_PARTS.has(one.type)) {
    const open = minorOf(target.Balance, currencyOf(target)) + taken;
    return { ...one, target, open, side: one.type === SIDES[payer].debit ? 'debit' : 'credit' };
  }
  const left = openPartOf(context, draft, one);
  const wasCredit = rowsOf(target, 'Line').some((line) => creditsReceivable(context, line, one.type));
  const side = left < 0 || (left === 0 && wasCredit) ? 'credit' : 'debit';
  return { ...one, target, open: Math.abs(left) + taken, side };
}

/** Whether a line of a deposit or journal entry credits accounts receivable. */
function creditsReceivable({ company }: RuleContext, line: Body, type: string): boolean {
  const detail = partOf(line, type === 'Deposit' ? 'DepositLineDetail' : 'JournalEntryLineDetail');
  if (!isReceivable(company.store, refOf(detail, 'AccountRef'))) return false;
  return type === 'Deposit' || detail.PostingType === 'Credit';
}

/**
 * Spreads a payment over what it pays. A line above the open balance is clipped to it and the rest stays
 * unapplied; credit memos give no more than the invoices take. Links to other kinds of transaction are kept
 * as sent. More asked for than the payment holds is refused (6000), unless the books themselves are at work
 * (`shrinks`): then lines give way.
 */
export function spread(
  context: RuleContext,
  payer: Payer,
  draft: Body,
  before: Body | undefined,
  shrinks = false,
): Spread {
  rowsOf(draft, 'Line').forEach(checkLine);
  const earlier = applicationsOf(before);
  const all = applicationsOf(draft);
  const others = all.filter((one) => OTHER_LINKS.has(one.type));
  const known = all
    .filter((one) => !OTHER_LINKS.has(one.type))
    .map((one) => knownApplication(context, payer, draft, one, earlier));
  const debits = known.filter(({ side }) => side === 'debit');
  const credits = known.filter(({ side }) => side === 'credit');
  const sumOf = (list: { minor: number }[]): number => list.reduce((sum, one) => sum + one.minor, 0);
  const given = sumOf(credits.map((one) => ({ minor: Math.min(one.minor, one.open) })));
  const available = minorOf(draft.TotalAmt, currencyOf(draft)) + given - sumOf(others);
  if (sumOf(debits) > available && !shrinks)
    throw businessRule('The amounts applied come to more than the payment.');

  let left = available;
  let taken = 0;
  const apply = (one: Known, limit: number): Body[] => {
    if (
      one.side === 'debit' &&
      one.minor > one.open &&
      context.company.world.switches.overpayment === 'refuse'
    ) {
      throw businessRule(`You cannot apply more than the open balance of ${one.type} ${one.id}.`);
    }
    const minor = Math.min(one.minor, one.open, limit);
    if (minor <= 0) return [];
    left -= one.side === 'debit' ? minor : 0;
    taken += one.side === 'debit' ? minor : -minor;
    const previous = earlier.find((old) => old.type === one.type && old.id === one.id)?.line;
    return [appliedLine(one, minor, one.open, one.target, previous, context.company.store.decimals)];
  };
  const debited = debits.flatMap((one) => apply(one, left));
  const credited = credits.flatMap((one) => apply(one, taken));
  return {
    Line: [...debited, ...credited, ...others.map((one) => one.line)],
    unapplied: available - given - taken,
  };
}

interface Spread {
  Line: Body[];
  /** What is left of the payment, in minor units. */
  unapplied: number;
}

/** The payments applied to a transaction, newest first. */
export function paymentsOn(context: RuleContext, payer: Payer, type: EntityName, id: string): Body[] {
  const links = rowsOf(context.company.store.find(type, id), 'LinkedTxn');
  return links
    .map((link) => context.company.store.find(payer, textOf(link, 'TxnId')))
    .filter((one): one is Body => one !== undefined && appliedTo(applicationsOf(one), type, id) > 0);
}

/** A payment's lines with at most `kept` left on one target. */
export function reducedLines(body: Body, type: string, id: string, kept: number): Body[] {
  return rowsOf(body, 'Line').flatMap((line) => {
    const link = partOf({ link: rowsOf(line, 'LinkedTxn')[0] }, 'link');
    if (link.TxnId !== id || link.TxnType !== type) return [line];
    return kept > 0 ? [{ ...line, Amount: majorOf(kept, currencyOf(body)) }] : [];
  });
}

export function appliedFrom(body: Body, type: string, id: string): number {
  return appliedTo(applicationsOf(body), type, id);
}
