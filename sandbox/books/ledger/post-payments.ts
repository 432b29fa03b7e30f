import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { minorOf } from '../money.ts';
import { ACCOUNT } from './accounts.ts';
import type { PostingContext } from './posting-context.ts';
import { type Draft, type Party, homeOf, openItemKey } from './posting.ts';

/** What a payment's line settles. */
const SETTLED = ['Invoice', 'CreditMemo', 'Bill', 'VendorCredit', 'JournalEntry', 'Deposit'] as const;
type Settled = (typeof SETTLED)[number];

/**
 * Home amount of a part of an open item: at the rate it was booked at, or all that is left when it is closed.
 */
function settledHome(
  context: PostingContext,
  openItem: string,
  amount: number,
  target: Body,
): number | undefined {
  if (context.currency === context.home) return undefined;
  const open = context.ledger.open(openItem);
  if (open.amount === -amount) return -open.home;
  return homeOf(amount, context.currency, target.ExchangeRate, context.home, context.store.decimals);
}

/**
 * Settles open items on one account. A line takes from an item that is owed and gives to one that is a
 * credit; `owed` is 1 for receivables, which are debits, and -1 for payables.
 */
function applied(
  context: PostingContext,
  body: Body,
  party: Party,
  account: string,
  owed: 1 | -1,
): { drafts: Draft[]; settled: number } {
  const partyField = party.type === 'Customer' ? 'CustomerRef' : 'VendorRef';
  let settled = 0;
  const drafts = rowsOf(body, 'Line').flatMap((line): Draft[] => {
    const link = rowsOf(line, 'LinkedTxn')[0];
    const [type, id] = [textOf(link, 'TxnType'), textOf(link, 'TxnId')];
    const minor = minorOf(line.Amount, context.currency);
    const kind = SETTLED.find((one): one is Settled => one === type);
    const target = kind && id !== undefined ? context.store.find(kind, id) : undefined;
    if (!kind || !target || id === undefined) {
      settled += minor;
      return [{ account, amount: -owed * minor, party }];
    }
    const owner = refOf(target, partyField) ?? party.id;
    const openItem = openItemKey(kind, id, owner);
    const open = context.ledger.open(openItem).amount * owed;
    const isCredit = kind === 'CreditMemo' || kind === 'VendorCredit' || (isEither(kind) && open < 0);
    const amount = (isCredit ? owed : -owed) * minor;
    settled += isCredit ? -minor : minor;
    const home = settledHome(context, openItem, amount, target);
    return [
      {
        account: context.openAccount(party.type === 'Customer' ? 'receivable' : 'payable', target, account),
        amount,
        party: { ...party, id: owner },
        openItem,
        ...(home === undefined ? {} : { home }),
      },
    ];
  });
  return { drafts, settled };
}

function isEither(kind: Settled): boolean {
  return kind === 'JournalEntry' || kind === 'Deposit';
}

/** Money in, receivables down; what is applied to nothing stays with the customer as a credit. */
export function postPayment(context: PostingContext, body: Body): Draft[] {
  const party: Party = { type: 'Customer', id: refOf(body, 'CustomerRef')! };
  const account = context.openAccount('receivable', body);
  const total = minorOf(body.TotalAmt, context.currency);
  const { drafts, settled } = applied(context, body, party, account, 1);
  return [
    { account: refOf(body, 'DepositToAccountRef') ?? ACCOUNT.undepositedFunds, amount: total },
    ...drafts,
    {
      account,
      amount: settled - total,
      party,
      openItem: openItemKey('Payment', textOf(body, 'Id')!, party.id),
    },
  ];
}

/** Payables down, money out of the bank or onto the credit card. */
export function postBillPayment(context: PostingContext, body: Body): Draft[] {
  const party: Party = { type: 'Vendor', id: refOf(body, 'VendorRef')! };
  const account = context.openAccount('payable', body);
  const total = minorOf(body.TotalAmt, context.currency);
  const bank =
    refOf(partOf(body, 'CheckPayment'), 'BankAccountRef') ??
    refOf(partOf(body, 'CreditCardPayment'), 'CCAccountRef') ??
    ACCOUNT.undepositedFunds;
  const { drafts, settled } = applied(context, body, party, account, -1);
  return [
    { account: bank, amount: -total },
    ...drafts,
    {
      account,
      amount: total - settled,
      party,
      openItem: openItemKey('BillPayment', textOf(body, 'Id')!, party.id),
    },
  ];
}
