import type { EntityName } from '../catalog.ts';
import { badReference, businessRule, deposited, negativeAmount, required } from '../fault.ts';
import { type Body, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import { type Payer, appliedFrom, paymentsOn, reducedLines, spread } from './application.ts';
import type { Rules, RuleContext } from './rule-context.ts';
import { homeAmounts, partyCurrency, voidedNote } from './sale.ts';
import { updatePaymentTargets } from './payment-targets.ts';

const UNDEPOSITED_FUNDS = '4';

/** Money rests in a bank account or among other current assets (Undeposited Funds) until it is deposited. */
function checkDepositAccount(context: RuleContext, draft: Body): void {
  const id = refOf(draft, 'DepositToAccountRef');
  const type = textOf(context.company.store.find('Account', id), 'AccountType');
  if (id !== undefined && type !== 'Bank' && type !== 'Other Current Asset') {
    throw badReference('Accounts', id, 'DepositToAccountRef');
  }
}

/** A bank account takes its own currency and the home currency's payments; Undeposited Funds takes all. */
function checkDepositCurrency({ company }: RuleContext, payment: Body): void {
  const account = company.store.find('Account', refOf(payment, 'DepositToAccountRef'));
  if (!account || account.AccountType !== 'Bank') return;
  const kept = currencyOf(account);
  const isForeign = kept !== company.homeCurrency && kept !== currencyOf(payment);
  if (isForeign && company.world.switches.foreignDepositAccount === 'refuse')
    throw businessRule('The currency of the transaction is invalid for customer / vendor / account.');
}

/** A payment inside a bank deposit cannot be changed: 6540. */
function checkNotDeposited(context: RuleContext, id: string): void {
  const links = rowsOf(context.company.store.find('Payment', id), 'LinkedTxn');
  if (links.some((link) => link.TxnType === 'Deposit')) throw deposited();
}

function completePayment(
  context: RuleContext,
  payer: Payer,
  sent: Body,
  before: Body | undefined,
  shrinks = false,
): Body {
  const party = payer === 'Payment' ? 'CustomerRef' : 'VendorRef';
  const partyId = refOf(sent, party);
  if (partyId === undefined) throw required(party);
  if (sent.TotalAmt === undefined) throw required('TotalAmt');
  const partyBody = context.company.store.find(payer === 'Payment' ? 'Customer' : 'Vendor', partyId);
  const CurrencyRef = partyCurrency(context, sent, partyBody);
  const currency = textOf(CurrencyRef, 'value')!;
  const total = minorOf(sent.TotalAmt, currency);
  if (total < 0) throw negativeAmount('TotalAmt');
  if (total === 0 && rowsOf(sent, 'Line').length === 0 && !before)
    throw businessRule('You must set a transaction amount.');
  const draft = { ...sent, CurrencyRef };
  const { Line, unapplied } = spread(context, payer, draft, before, shrinks);
  const payment = {
    ...draft,
    [party]: { value: partyId },
    TxnDate: textOf(sent, 'TxnDate') ?? textOf(before, 'TxnDate') ?? context.company.today(),
    TotalAmt: majorOf(total, currency),
    UnappliedAmt: majorOf(unapplied, currency),
    Line,
  };
  return { ...payment, ...homeAmounts(context, payment, 'TotalAmt') };
}

function payingRules(payer: Payer, finish: (context: RuleContext, draft: Body) => Body): Rules {
  return {
    complete(context, draft, before) {
      return finish(context, completePayment(context, payer, draft, before));
    },
    afterWrite(context, after, before) {
      updatePaymentTargets(context, payer, after, before);
    },
    voided(context, body) {
      const empty = {
        ...body,
        TotalAmt: 0,
        UnappliedAmt: 0,
        Line: [],
        PrivateNote: voidedNote(context, body),
      };
      return { ...empty, ...homeAmounts(context, empty, 'TotalAmt') };
    },
    beforeDelete(context, body) {
      updatePaymentTargets(context, payer, undefined, body);
    },
  };
}

const receiving = payingRules('Payment', (_context, draft) => ({
  ...draft,
  DepositToAccountRef: draft.DepositToAccountRef ?? { value: UNDEPOSITED_FUNDS },
  ProcessPayment: draft.ProcessPayment ?? false,
}));

/**
 * Money received from a customer. Whatever no line applies stays as `UnappliedAmt`, a credit of the
 * customer's.
 */
export const paymentRules: Rules = {
  ...receiving,
  complete(context, draft, before) {
    if (before) checkNotDeposited(context, textOf(before, 'Id')!);
    checkDepositAccount(context, draft);
    const payment = receiving.complete(context, draft, before);
    checkDepositCurrency(context, payment);
    return payment;
  },
  voided(context, body) {
    checkNotDeposited(context, textOf(body, 'Id')!);
    return receiving.voided!(context, body);
  },
  beforeDelete(context, body) {
    checkNotDeposited(context, textOf(body, 'Id')!);
    receiving.beforeDelete!(context, body);
  },
};

export const billPaymentRules: Rules = {
  ...payingRules('BillPayment', (_context, draft) => draft),
  complete(context, draft, before) {
    const payType = textOf(draft, 'PayType');
    if (payType === undefined) throw required('PayType');
    const detail = payType === 'Check' ? 'CheckPayment' : 'CreditCardPayment';
    if (draft[detail] === undefined) throw required(detail);
    return payingRules('BillPayment', (_context, body) => body).complete(context, draft, before);
  },
};

/** Changes a stored payment's lines as the books themselves do, without the checks a caller meets. */
export function replacePaymentLines(context: RuleContext, payer: Payer, payment: Body, lines: Body[]): void {
  const after = completePayment(context, payer, { ...payment, Line: lines }, payment, true);
  context.unit.put(payer, after);
  updatePaymentTargets(context, payer, after, payment);
}

/**
 * Takes `minor` off what is applied to a transaction, newest payment first; the money stays with the
 * customer, unapplied.
 */
export function unapplyAmount(
  context: RuleContext,
  payer: Payer,
  type: EntityName,
  id: string,
  minor: number,
): void {
  let left = minor;
  for (const payment of paymentsOn(context, payer, type, id)) {
    const applied = appliedFrom(payment, type, id);
    const kept = Math.max(0, applied - left);
    left -= applied - kept;
    if (kept !== applied) replacePaymentLines(context, payer, payment, reducedLines(payment, type, id, kept));
  }
}

/** What is applied to a transaction already, in minor units. */
export function appliedOn(body: Body | undefined): number {
  const currency = currencyOf(body);
  return (
    minorOf(body?.TotalAmt, currency) - minorOf(body?.Deposit, currency) - minorOf(body?.Balance, currency)
  );
}
