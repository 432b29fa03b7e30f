import type { EntityName } from '../catalog.ts';
import { badReference, businessRule, deposited, negativeAmount, required } from '../fault.ts';
import { type Body, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../standing.ts';
import { type Payer, appliedFrom, paymentsOn, reducedLines, spread } from './application.ts';
import type { Rules, Work } from './rules.ts';
import { homeAmounts, partyCurrency, voidedNote } from './sale.ts';
import { settleApplications } from './settlement.ts';

const UNDEPOSITED_FUNDS = '4';

/** Money rests in a bank account or among other current assets (Undeposited Funds) until it is deposited. */
function checkDepositAccount(work: Work, draft: Body): void {
  const id = refOf(draft, 'DepositToAccountRef');
  const type = textOf(work.company.store.find('Account', id), 'AccountType');
  if (id !== undefined && type !== 'Bank' && type !== 'Other Current Asset') {
    throw badReference('Accounts', id, 'DepositToAccountRef');
  }
}

/** A payment inside a bank deposit is settled history: 6540. */
function checkNotDeposited(work: Work, id: string): void {
  const isHeld = work.company.store
    .all('Deposit')
    .some((deposit) =>
      rowsOf(deposit, 'Line').some((line) => rowsOf(line, 'LinkedTxn').some((link) => link.TxnId === id)),
    );
  if (isHeld) throw deposited();
}

function completePayment(
  work: Work,
  payer: Payer,
  sent: Body,
  before: Body | undefined,
  shrinks = false,
): Body {
  const party = payer === 'Payment' ? 'CustomerRef' : 'VendorRef';
  const partyId = refOf(sent, party);
  if (partyId === undefined) throw required(party);
  if (sent.TotalAmt === undefined) throw required('TotalAmt');
  const partyBody = work.company.store.find(payer === 'Payment' ? 'Customer' : 'Vendor', partyId);
  const CurrencyRef = partyCurrency(work, sent, partyBody);
  const currency = textOf(CurrencyRef, 'value')!;
  const total = minorOf(sent.TotalAmt, currency);
  if (total < 0) throw negativeAmount('TotalAmt');
  if (total === 0 && rowsOf(sent, 'Line').length === 0 && !before)
    throw businessRule('You must set a transaction amount.');
  const draft = { ...sent, CurrencyRef };
  const { Line, unapplied } = spread(work, payer, draft, before, shrinks);
  const payment = {
    ...draft,
    [party]: { value: partyId },
    TxnDate: textOf(sent, 'TxnDate') ?? textOf(before, 'TxnDate') ?? work.company.today(),
    TotalAmt: majorOf(total, currency),
    UnappliedAmt: majorOf(unapplied, currency),
    Line,
  };
  return { ...payment, ...homeAmounts(work, payment, 'TotalAmt') };
}

function payingRules(payer: Payer, finish: (work: Work, draft: Body) => Body): Rules {
  return {
    complete(work, draft, before) {
      return finish(work, completePayment(work, payer, draft, before));
    },
    settle(work, after, before) {
      settleApplications(work, payer, after, before);
    },
    voided(work, body) {
      const empty = { ...body, TotalAmt: 0, UnappliedAmt: 0, Line: [], PrivateNote: voidedNote(work, body) };
      return { ...empty, ...homeAmounts(work, empty, 'TotalAmt') };
    },
    release(work, body) {
      settleApplications(work, payer, undefined, body);
    },
  };
}

const receiving = payingRules('Payment', (_work, draft) => ({
  ...draft,
  DepositToAccountRef: draft.DepositToAccountRef ?? { value: UNDEPOSITED_FUNDS },
  ProcessPayment: draft.ProcessPayment ?? false,
}));

/** Money received from a customer. Whatever no line applies stays as `UnappliedAmt`, a credit of the customer's. */
export const paymentRules: Rules = {
  ...receiving,
  complete(work, draft, before) {
    if (before) checkNotDeposited(work, textOf(before, 'Id')!);
    checkDepositAccount(work, draft);
    return receiving.complete(work, draft, before);
  },
  voided(work, body) {
    checkNotDeposited(work, textOf(body, 'Id')!);
    return receiving.voided!(work, body);
  },
  release(work, body) {
    checkNotDeposited(work, textOf(body, 'Id')!);
    receiving.release!(work, body);
  },
};

export const billPaymentRules: Rules = {
  ...payingRules('BillPayment', (_work, draft) => draft),
  complete(work, draft, before) {
    const payType = textOf(draft, 'PayType');
    if (payType === undefined) throw required('PayType');
    const detail = payType === 'Check' ? 'CheckPayment' : 'CreditCardPayment';
    if (draft[detail] === undefined) throw required(detail);
    return payingRules('BillPayment', (_work, body) => body).complete(work, draft, before);
  },
};

/** Changes a stored payment's lines as the books themselves do, without the checks a caller meets. */
export function relinePayment(work: Work, payer: Payer, payment: Body, lines: Body[]): void {
  const after = completePayment(work, payer, { ...payment, Line: lines }, payment, true);
  work.writing.put(payer, after);
  settleApplications(work, payer, after, payment);
}

/** Takes `minor` off what is applied to a transaction, newest payment first; the money stays with the customer, unapplied. */
export function freeApplied(work: Work, payer: Payer, type: EntityName, id: string, minor: number): void {
  let left = minor;
  for (const payment of paymentsOn(work, payer, type, id)) {
    const applied = appliedFrom(payment, type, id);
    const kept = Math.max(0, applied - left);
    left -= applied - kept;
    if (kept !== applied) relinePayment(work, payer, payment, reducedLines(payment, type, id, kept));
  }
}

/** What is applied to a transaction already, in minor units. */
export function appliedOn(body: Body | undefined): number {
  const currency = currencyOf(body);
  return (
    minorOf(body?.TotalAmt, currency) - minorOf(body?.Deposit, currency) - minorOf(body?.Balance, currency)
  );
}
