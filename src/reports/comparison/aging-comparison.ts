import { chargeStepCents } from '../../platform/money/charge-amount.js';
import { homeCentsAt } from '../../platform/money/exchange-rate.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { AgedReport, AgedReportRow } from '../../qbo-sync/api/mappers/reading/aged-report.js';
import { AGED_COLUMNS } from '../../qbo-sync/api/mappers/reading/aged-report.js';
import { bucketOf, daysLate, type OpenDocument } from '../aging/aging.js';
import { sumCents } from '../../platform/money/cents.js';

/** Why the CRM's receivables and QuickBooks' report are not the same, in the order in which they are looked for. */
export const AGING_DIFFERENCE_REASONS = [
  'other_company',
  'not_ours',
  'journal_entry',
  'unapplied_payment',
  'credit_memo',
  'bank_entry',
  'void_or_delete',
  'edited_in_quickbooks',
  'back_dated_payment',
  'payment_removed',
  'not_yet_seen',
  'not_in_quickbooks',
  'renamed_customer',
  'other_customer',
  'date_shift',
  'rounding_home',
  'report_engine',
] as const;
export type AgingDifferenceReason = (typeof AGING_DIFFERENCE_REASONS)[number];

/** A document, or a customer, that makes a part of the difference; cents of the home currency. */
export interface DifferingDocument {
  qboType: string;
  qboId: string | null;
  /** The company that has it, where it is known not to be the one that is compared. */
  realmId: string | null;
  number: string | null;
  invoiceId: number | null;
  proposalId: number | null;
  customerName: string;
  cents: number;
}

export interface AgingDifference {
  reason: AgingDifferenceReason;
  cents: number;
  documents: DifferingDocument[];
}

export interface AgingComparison {
  /** What is open of our invoices, by the CRM. */
  oursCents: number;
  quickBooksCents: number;
  /** QuickBooks less ours: the sum of all reasons and of what is unexplained. */
  differenceCents: number;
  unexplainedCents: number;
  /** The customers whose amounts no reason explains. */
  unexplained: DifferingDocument[];
  differences: AgingDifference[];
}

/** What the mirror of QuickBooks says of an invoice of ours that is open otherwise than the CRM says. */
export interface MirroredInvoice {
  qboId: string;
  state: 'live' | 'void' | 'deleted';
  totalCents: number;
  /** What the CRM holds its total to be; null where it has not seen one. */
  oursTotalCents: number | null;
  /** What is applied to it by the day that is asked for. */
  appliedCents: number;
  oursAppliedCents: number;
  /** A payment that counts for it was entered on a later day than it is dated, and the CRM has not seen it. */
  backDated: boolean;
}

/** What is compared: open documents of the CRM, of the mirror of all of QuickBooks, and the report itself. */
export interface ComparedSides {
  asOf: CalendarDay;
  homeCurrency: string;
  /** The company whose report it is. */
  realmId: string;
  ours: readonly OpenDocument[];
  mirror: readonly OpenDocument[];
  facts: ReadonlyMap<string, MirroredInvoice>;
  report: AgedReport;
}

const BY_TYPE: Readonly<Record<string, AgingDifferenceReason>> = {
  JournalEntry: 'journal_entry',
  Payment: 'unapplied_payment',
  CreditMemo: 'credit_memo',
};

/**
 * QuickBooks' receivables against the CRM's, in the home currency: equal, or every cent of the difference under its
 * reason, and what is left unexplained. Reasons of 0 cents say what differs beside the amounts. Pure.
 */
export function compareAging(sides: ComparedSides): AgingComparison {
  const { ours, report, homeCurrency } = sides;
  const home = (document: OpenDocument): number => homeCents(document, homeCurrency);
  const found = new Found();
  compareDocuments(sides, home, found);
  const unexplained = compareCustomers(sides, home, found);
  const leaves = sumCents(report.rows.map(({ totalCents }) => totalCents));
  const quickBooksCents = report.grandTotalCents ?? leaves;
  if (quickBooksCents !== leaves) found.add('report_engine', quickBooksCents - leaves);
  const oursCents = sumCents(ours.map(home));
  const differenceCents = quickBooksCents - oursCents;
  return {
    oursCents,
    quickBooksCents,
    differenceCents,
    unexplainedCents: differenceCents - found.cents(),
    unexplained,
    differences: found.differences(),
  };
}

class Found {
  private readonly byReason = new Map<AgingDifferenceReason, AgingDifference>();

  add(reason: AgingDifferenceReason, cents: number, document?: Omit<DifferingDocument, 'cents'>): void {
    const known = this.byReason.get(reason) ?? { reason, cents: 0, documents: [] };
    known.cents = sumCents([known.cents, cents]);
    if (document) known.documents.push({ ...document, cents });
    this.byReason.set(reason, known);
  }

  cents(): number {
    return sumCents([...this.byReason.values()].map(({ cents }) => cents));
  }

  differences(): AgingDifference[] {
    return AGING_DIFFERENCE_REASONS.flatMap((reason) => this.byReason.get(reason) ?? []);
  }
}

/** What the mirror has and the CRM has not, or otherwise, document by document. */
function compareDocuments(
  { ours: all, mirror, facts, realmId }: ComparedSides,
  home: (document: OpenDocument) => number,
  found: Found,
): void {
  const isHere = (document: OpenDocument): boolean => (document.realmId ?? realmId) === realmId;
  for (const own of all) if (!isHere(own)) found.add('other_company', -home(own), named(own));
  const ours = all.filter(isHere);
  const oursById = new Map(ours.map((document) => [document.qboId, document]));
  const seen = new Set<string>();
  for (const document of mirror) {
    const own = document.type === 'Invoice' ? oursById.get(document.qboId) : undefined;
    if (own) seen.add(own.qboId!);
    const cents = home(document) - (own ? home(own) : 0);
    if (own || document.invoiceId !== null) {
      if (cents !== 0) found.add(reasonOf(facts.get(document.qboId!)), cents, named(document));
      else if (own && own.dueOn !== document.dueOn) found.add('date_shift', 0, named(document));
    } else {
      const reason = document.type === 'Invoice' ? 'not_ours' : (BY_TYPE[document.type] ?? 'bank_entry');
      found.add(reason, cents, named(document));
    }
  }
  for (const own of ours) {
    if (!seen.has(own.qboId!)) found.add(reasonOf(facts.get(own.qboId!)), -home(own), named(own));
  }
}

/** Why an invoice of ours is open otherwise in QuickBooks than the CRM says. */
function reasonOf(facts: MirroredInvoice | undefined): AgingDifferenceReason {
  if (!facts) return 'not_in_quickbooks';
  if (facts.state !== 'live') return 'void_or_delete';
  if (facts.oursTotalCents !== null && facts.totalCents !== facts.oursTotalCents)
    return 'edited_in_quickbooks';
  if (facts.appliedCents < facts.oursAppliedCents) return 'payment_removed';
  return facts.backDated ? 'back_dated_payment' : 'not_yet_seen';
}

/** The report against the mirror, customer by customer; answers what no reason explains. */
function compareCustomers(
  { asOf, mirror, report, homeCurrency }: ComparedSides,
  home: (document: OpenDocument) => number,
  found: Found,
): DifferingDocument[] {
  const byCustomer = Map.groupBy(mirror, ({ qboCustomerId }) => qboCustomerId);
  const rows = new Map<string | null, AgedReportRow>(report.rows.map((row) => [row.qboCustomerId, row]));
  const customers = [...new Set([...byCustomer.keys(), ...rows.keys()])];
  const left: DifferingDocument[] = [];
  for (const id of customers) {
    const documents = byCustomer.get(id) ?? [];
    const row = rows.get(id);
    const customer = customerNamed(id, row?.name ?? documents[0]?.customerName ?? '');
    const cents = (row?.totalCents ?? 0) - sumCents(documents.map(home));
    const foreign = documents.filter(({ currency }) => currency !== homeCurrency);
    const rounded = sumCents(foreign.map(({ settlesLater }) => 1 + settlesLater.length));
    const roundedCents = rounded * chargeStepCents(homeCurrency);
    if (cents !== 0 && Math.abs(cents) <= roundedCents) found.add('rounding_home', cents, customer);
    else if (cents !== 0) left.push({ ...customer, cents });
    else if (row && !sameBuckets(row, documents, asOf, home)) found.add('date_shift', 0, customer);
    if (row && documents.some(({ partyName }) => !isNamed(row.name, partyName))) {
      found.add('renamed_customer', 0, customer);
    }
  }
  if (sumCents(left.map(({ cents }) => cents)) !== 0) return left;
  for (const customer of left) found.add('other_customer', customer.cents, customer);
  return [];
}

/** A customer of another one is `Parent:Child` in documents and `Child` in the report. */
function isNamed(name: string, partyName: string | null): boolean {
  return partyName === null || partyName === name || partyName.endsWith(`:${name}`);
}

function sameBuckets(
  row: AgedReportRow,
  documents: readonly OpenDocument[],
  asOf: CalendarDay,
  home: (document: OpenDocument) => number,
): boolean {
  return AGED_COLUMNS.every((bucket, place) => {
    const of = documents.filter((document) => bucketOf(daysLate(asOf, document)) === bucket);
    return sumCents(of.map(home)) === row.cents[place];
  });
}

/** At its own rate; but what it settles later is booked at the rate of what it settles, from its own day on. */
function homeCents(document: OpenDocument, homeCurrency: string): number {
  const { openCents, currency, exchangeRate, settlesLater } = document;
  if (currency === homeCurrency) return openCents;
  const rest = openCents - sumCents(settlesLater.map(({ cents }) => cents));
  const later = settlesLater.map((part) => homeCentsAt(part.cents, part.exchangeRate));
  return sumCents([homeCentsAt(rest, exchangeRate ?? '1'), ...later]);
}

function named(document: OpenDocument): Omit<DifferingDocument, 'cents'> {
  const { type, qboId, realmId, number, invoiceId, proposalId, customerName } = document;
  return { qboType: type, qboId, realmId, number, invoiceId, proposalId, customerName };
}

function customerNamed(qboId: string | null, customerName: string): Omit<DifferingDocument, 'cents'> {
  return {
    qboType: 'Customer',
    qboId,
    realmId: null,
    number: null,
    invoiceId: null,
    proposalId: null,
    customerName,
  };
}
