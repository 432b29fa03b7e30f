import type {
  DocumentType,
  PartyKind,
  QboDocument,
  QboDocumentLine,
  QboDocumentLink,
  QboLedgerAccount,
  QboParty,
} from '../../model/qbo-documents.js';
import { JsonReader, readSum } from './json-reader.js';

const PARTY_OF: Readonly<Record<DocumentType, readonly [field: string, kind: PartyKind] | null>> = {
  Invoice: ['CustomerRef', 'customer'],
  CreditMemo: ['CustomerRef', 'customer'],
  Payment: ['CustomerRef', 'customer'],
  SalesReceipt: ['CustomerRef', 'customer'],
  RefundReceipt: ['CustomerRef', 'customer'],
  Deposit: null,
  JournalEntry: null,
  Bill: ['VendorRef', 'vendor'],
  VendorCredit: ['VendorRef', 'vendor'],
  BillPayment: ['VendorRef', 'vendor'],
  Purchase: ['EntityRef', 'vendor'],
};

/** Details of lines that stand for a sum of others or for what the head says already. */
const NOT_A_POSTING = new Set(['SubTotalLineDetail', 'DescriptionOnly']);
const LINE_DETAILS = [
  'SalesItemLineDetail',
  'ItemBasedExpenseLineDetail',
  'AccountBasedExpenseLineDetail',
  'JournalEntryLineDetail',
  'DepositLineDetail',
  'DiscountLineDetail',
] as const;

/** Reads a document of any of the types. Throws UnreadableFieldError. */
export function documentReader(type: DocumentType): (value: unknown) => QboDocument {
  return (value) => readDocument(type, value);
}

function readDocument(type: DocumentType, value: unknown): QboDocument {
  const document = new JsonReader(value, type);
  const lines = linesOf(document);
  const memo = document.optionalText('PrivateNote');
  const project = document.optionalInner('ProjectRef');
  const totalCents = document.optionalCents('TotalAmt') ?? debitsOf(lines);
  return {
    type,
    id: document.digits('Id'),
    syncToken: document.version('SyncToken'),
    txnOn: document.day('TxnDate'),
    dueOn: document.optionalDay('DueDate'),
    number: document.optionalText('DocNumber'),
    party: headParty(type, document),
    currency: document.optionalCurrency('CurrencyRef'),
    exchangeRate: document.optionalRate('ExchangeRate'),
    totalCents,
    balanceCents: document.optionalCents('Balance'),
    depositCents: type === 'Invoice' ? (document.optionalCents('Deposit') ?? 0) : 0,
    memo,
    voided: totalCents === 0 && /^voided\b/i.test(memo ?? ''),
    refund: type === 'Purchase' && document.flag('Credit', false),
    lastUpdatedAt: document.optionalInner('MetaData')?.optionalInstant('LastUpdatedTime') ?? null,
    lines: lines.flatMap((line, index) => readLine(line, index + 1, { type, project }) ?? []),
    links: lines.flatMap((line, index) => readLinks(line, index + 1)),
  };
}

/** The lines of a document, and at their end those of its bundles, which have no amounts of their own to post. */
function linesOf(document: JsonReader): JsonReader[] {
  const lines = document.list('Line');
  return [...lines, ...lines.flatMap((line) => line.optionalInner('GroupLineDetail')?.list('Line') ?? [])];
}

export function readLedgerAccount(value: unknown): QboLedgerAccount {
  const account = new JsonReader(value, 'Account');
  return {
    id: account.digits('Id'),
    name: account.text('Name'),
    type: account.text('AccountType'),
    subType: account.optionalText('AccountSubType'),
    currency: account.optionalCurrency('CurrencyRef'),
    active: account.flag('Active', true),
  };
}

function headParty(type: DocumentType, document: JsonReader): QboParty | null {
  const party = PARTY_OF[type];
  if (party === null || !document.has(party[0])) return null;
  const reference = document.inner(party[0]);
  const kind = kindOf(reference.optionalText('type')) ?? party[1];
  return { kind, id: reference.text('value'), name: reference.optionalText('name') };
}

/** `project`: of the whole document, which counts for its lines that name no customer. */
function readLine(
  line: JsonReader,
  place: number,
  { type, project }: { type: DocumentType; project: JsonReader | null },
): QboDocumentLine | null {
  const kind = line.optionalText('DetailType');
  if (kind !== null && NOT_A_POSTING.has(kind)) return null;
  const detail = LINE_DETAILS.map((name) => line.optionalInner(name)).find((one) => one !== null);
  if (!detail) return null;
  const cents = line.optionalCents('Amount') ?? 0;
  const negative = detail.optionalText('PostingType') === 'Credit' || kind === 'DiscountLineDetail';
  return {
    line: place,
    accountId:
      detail.optionalRef('AccountRef') ??
      detail.optionalRef('DiscountAccountRef') ??
      (type === 'CreditMemo' ? detail.optionalRef('ItemAccountRef') : null),
    itemId: detail.optionalRef('ItemRef'),
    party: lineParty(detail, project),
    description: line.optionalText('Description'),
    cents: negative ? -cents : cents,
    billable: ['Billable', 'HasBeenBilled'].includes(detail.optionalText('BillableStatus') ?? ''),
  };
}

/** Whom a line is for: a customer or job, or the name on a line of a journal entry or a deposit. */
function lineParty(detail: JsonReader, project: JsonReader | null): QboParty | null {
  const customer = detail.optionalInner('CustomerRef') ?? detail.optionalInner('ProjectRef');
  if (customer) return customerOf(customer);
  const entity = detail.optionalInner('Entity');
  if (entity === null) return project && customerOf(project);
  // A journal entry nests the reference; a deposit's line is the reference itself.
  const reference = entity.optionalInner('EntityRef') ?? entity;
  const kind = kindOf(entity.optionalText('Type') ?? entity.optionalText('type'));
  const id = reference.optionalText('value');
  return kind === null || id === null ? null : { kind, id, name: reference.optionalText('name') };
}

function customerOf(reference: JsonReader): QboParty {
  return { kind: 'customer', id: reference.text('value'), name: reference.optionalText('name') };
}

function readLinks(line: JsonReader, place: number): QboDocumentLink[] {
  const linked = line.list('LinkedTxn');
  return linked.flatMap((link, index) => {
    const [toType, toId] = [link.optionalText('TxnType'), link.optionalText('TxnId')];
    // A line that names several documents counts for the first.
    if (toType === null || toId === null || index > 0) return [];
    return [{ line: place, toType, toId, cents: line.optionalCents('Amount') ?? 0 }];
  });
}

function debitsOf(lines: readonly JsonReader[]): number {
  const debits = lines.filter(
    (line) => line.optionalInner('JournalEntryLineDetail')?.optionalText('PostingType') === 'Debit',
  );
  const amounts = debits.map((line) => line.optionalCents('Amount') ?? 0);
  return readSum('JournalEntry.Line', amounts);
}

function kindOf(type: string | null): PartyKind | null {
  const known: readonly PartyKind[] = ['customer', 'vendor', 'employee'];
  return known.find((kind) => kind === type?.toLowerCase()) ?? null;
}
