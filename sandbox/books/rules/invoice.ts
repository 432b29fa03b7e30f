import { businessRule } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { addDays } from '../pacific.ts';
import { applyCreditsTo, applyMemoToInvoices } from './auto-apply.ts';
import { freeAll, releasePaid, withBalance } from './owing.ts';
import { appliedOn } from './payment.ts';
import type { Rules, Work } from './rules.ts';
import { completeSale, homeAmounts, voidedSale } from './sale.ts';

const DAYS_WITHOUT_TERMS = 30;

/** A due date sent wins; else the terms of the form, the customer or the company; else 30 days. */
function dueDateOf(work: Work, sent: Body, invoice: Body): string {
  const given = textOf(sent, 'DueDate');
  if (given !== undefined) return given;
  const { store } = work.company;
  const customer = store.find('Customer', refOf(invoice, 'CustomerRef'));
  const defaultTerm = textOf(partOf(work.company.preferences('SalesFormsPrefs'), 'DefaultTerms'), 'value');
  const term = store.find(
    'Term',
    refOf(sent, 'SalesTermRef') ?? refOf(customer, 'SalesTermRef') ?? defaultTerm,
  );
  return addDays(textOf(invoice, 'TxnDate')!, Number(term?.DueDays ?? DAYS_WITHOUT_TERMS));
}

/** An invoice made from an estimate closes it and is linked from it. */
function closeEstimates(work: Work, invoice: Body): void {
  const link = { TxnId: invoice.Id, TxnType: 'Invoice' };
  for (const { TxnId, TxnType } of rowsOf(invoice, 'LinkedTxn')) {
    if (TxnType !== 'Estimate') continue;
    const estimate = work.writing.get('Estimate', TxnId as string);
    work.writing.put('Estimate', {
      ...estimate,
      TxnStatus: 'Closed',
      LinkedTxn: [link, ...rowsOf(estimate, 'LinkedTxn')],
    });
  }
}

export const invoiceRules: Rules = {
  complete(work, sent, before) {
    const sale = completeSale(work, 'Invoice', sent, before);
    const owed = withBalance(work, 'Payment', 'Invoice', { ...sale, ...deposit(sent) }, before);
    return {
      AllowIPNPayment: sent.AllowIPNPayment ?? false,
      AllowOnlinePayment: sent.AllowOnlinePayment ?? false,
      AllowOnlineCreditCardPayment: sent.AllowOnlineCreditCardPayment ?? false,
      AllowOnlineACHPayment: sent.AllowOnlineACHPayment ?? false,
      ...owed,
      FreeFormAddress: sent.FreeFormAddress ?? true,
      DueDate: dueDateOf(work, sent, sale),
      ...homeAmounts(work, owed, 'TotalAmt', 'Balance'),
    };
  },
  settle(work, after, before) {
    if (before) return;
    closeEstimates(work, after);
    applyCreditsTo(work, textOf(after, 'Id')!);
  },
  voided(work, body) {
    if (appliedOn(body) > 0 && work.company.world.switches.voidPaidInvoice === 'refuse' && !work.byHand) {
      throw businessRule('You cannot void an invoice that has payments applied.');
    }
    freeAll(work, 'Payment', 'Invoice', body);
    const { Deposit: _deposit, ...emptied } = voidedSale(work, body);
    return emptied;
  },
  release(work, body) {
    releasePaid(work, 'Payment', 'Invoice', body);
  },
};

/** A deposit of nothing is not shown. */
function deposit(sent: Body): Body {
  return sent.Deposit ? { Deposit: sent.Deposit } : { Deposit: undefined };
}

export const creditMemoRules: Rules = {
  complete(work, sent, before) {
    const memo = withBalance(
      work,
      'Payment',
      'CreditMemo',
      completeSale(work, 'CreditMemo', sent, before),
      before,
    );
    return { ...memo, RemainingCredit: memo.Balance, ...homeAmounts(work, memo, 'TotalAmt', 'Balance') };
  },
  settle(work, after, before) {
    if (!before) applyMemoToInvoices(work, textOf(after, 'Id')!);
  },
  voided(work, body) {
    freeAll(work, 'Payment', 'CreditMemo', body);
    return { ...voidedSale(work, body), RemainingCredit: 0 };
  },
  release(work, body) {
    releasePaid(work, 'Payment', 'CreditMemo', body);
  },
};
