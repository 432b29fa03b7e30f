import type { QboDocument, QboDocumentLine, QboParty } from '../../api/model/qbo-documents.js';

/** `ar`: what customers owe; `ap`: what we owe vendors. */
export type Subledger = 'ar' | 'ap';

/** What one document changes of what a party owes, or is owed: positive raises it. */
export interface SubledgerEntry {
  line: number;
  ledger: Subledger;
  party: QboParty;
  cents: number;
}

/** The accounts that customers' and vendors' balances stand on. */
export interface ControlAccounts {
  receivable: ReadonlySet<string>;
  payable: ReadonlySet<string>;
}

/** As much of a document as tells that. */
export interface LedgerDocument extends Pick<
  QboDocument,
  'type' | 'party' | 'totalCents' | 'depositCents' | 'voided' | 'refund'
> {
  lines: readonly Pick<QboDocumentLine, 'line' | 'accountId' | 'party' | 'cents'>[];
}

/** Types of documents of which some lines count, by the account they are on. */
export const COUNTED_BY_LINES = ['JournalEntry', 'Deposit', 'Purchase'] as const;

const HEAD = 0;

/**
 * What a document changes of receivables and payables, in its own currency. Bills and invoices by their head; journal
 * entries, deposits and purchases by their lines on a control account. Pure.
 */
export function subledgerEntries(document: LedgerDocument, accounts: ControlAccounts): SubledgerEntry[] {
  if (document.voided) return [];
  switch (document.type) {
    case 'Invoice':
      return head(document, 'ar', document.totalCents - document.depositCents);
    case 'CreditMemo':
      return head(document, 'ar', -document.totalCents);
    case 'Payment':
      return ofPayment(document);
    case 'Bill':
      return head(document, 'ap', document.totalCents);
    case 'VendorCredit':
    case 'BillPayment':
      return head(document, 'ap', -document.totalCents);
    case 'JournalEntry':
      return byLines(document, accounts, 1);
    case 'Deposit':
      return byLines(document, accounts, -1);
    case 'Purchase':
      return byLines(document, accounts, document.refund ? -1 : 1);
    case 'SalesReceipt':
    case 'RefundReceipt':
      return [];
    default:
      throw document.type satisfies never;
  }
}

/** One of nothing has an entry too: it holds the credit that it uses until the day of what it puts it on. */
function ofPayment({ party, totalCents }: LedgerDocument): SubledgerEntry[] {
  return party === null ? [] : [{ line: HEAD, ledger: 'ar', party, cents: 0 - totalCents }];
}

function head(document: LedgerDocument, ledger: Subledger, cents: number): SubledgerEntry[] {
  if (document.party === null || cents === 0) return [];
  return [{ line: HEAD, ledger, party: document.party, cents }];
}

/** `debit` is the sign of a line that debits the account: a debit raises a receivable and lowers a payable. */
function byLines(document: LedgerDocument, accounts: ControlAccounts, debit: 1 | -1): SubledgerEntry[] {
  return document.lines.flatMap(({ line, accountId, party, cents }): SubledgerEntry[] => {
    if (accountId === null || cents === 0) return [];
    const whom = party ?? document.party;
    if (whom === null) return [];
    if (accounts.receivable.has(accountId))
      return [{ line, ledger: 'ar', party: whom, cents: cents * debit }];
    if (accounts.payable.has(accountId)) return [{ line, ledger: 'ap', party: whom, cents: -cents * debit }];
    return [];
  });
}
