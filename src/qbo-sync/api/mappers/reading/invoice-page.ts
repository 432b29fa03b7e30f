import { faultIn, jsonOf } from '../../errors/fault.js';
import type {
  ComparedFacts,
  IsKnown,
  QboInvoice,
  QboChangedInvoices,
  QboKnownInvoices,
} from '../../model/qbo-objects.js';
import type { Unreadable } from '../../model/unreadable.js';
import { INVOICE } from './entities.js';
import { readComparedInvoice } from './from-qbo.js';
import { factsOf } from './invoice-facts.js';
import { InvoiceGlance } from './invoice-glance.js';
import { listEnd, valueEnd } from './json-scan.js';
import { JsonReader } from './json-reader.js';
import { ROWS_PER_PAGE_MAX } from '../queries/query.js';
import { readEach } from './response-parser.js';

/** How the answer to a query of invoices begins: with all that comes before the list of them. */
const BEGINNING = /^\s*\{\s*"QueryResponse"\s*:\s*\{\s*"Invoice"\s*:\s*(?=\[)/;
const BEGINNING_MAX = 200;
/** After so many invoices in a row that are news, the next is parsed without a look at its facts first. */
const UNKNOWN_IN_A_ROW_MAX = 16;
/** Stands for the list while the rest of an answer is read. */
const STEPPED_OVER = 'stepped over';

/** A page on its way: what is known, and what has to be looked at. */
class Page {
  private readonly known: string[] = [];
  private readonly invoices: QboInvoice[] = [];
  private readonly unreadable: Unreadable[] = [];
  private count = 0;
  private unknownInARow = 0;

  constructor(private readonly isKnown: IsKnown) {}

  /** Whether the next one may well be known: where a company is read for the first time, none is. */
  get mayBeKnown(): boolean {
    return this.unknownInARow < UNKNOWN_IN_A_ROW_MAX;
  }

  /** One that is known needs no more. */
  addKnown(id: string): void {
    this.count += 1;
    this.unknownInARow = 0;
    this.known.push(id);
  }

  add(value: unknown): void {
    this.count += 1;
    this.unknownInARow += 1;
    const { read, unreadable } = readEach([value], INVOICE.name, INVOICE.read);
    this.unreadable.push(...unreadable);
    for (const invoice of read) {
      if (!this.isKnown(factsOf(invoice))) this.invoices.push(invoice);
      else {
        this.unknownInARow = 0;
        this.known.push(invoice.id);
      }
    }
  }

  end(): QboChangedInvoices {
    const { known, invoices, unreadable, count } = this;
    return { known, invoices, unreadable, full: count >= ROWS_PER_PAGE_MAX };
  }
}

/** The invoices of an answer that is parsed, those that are known by their ids. */
export function readChangedInvoices(body: object, isKnown: IsKnown): QboChangedInvoices {
  const page = new Page(isKnown);
  for (const value of rowsOf(body)) page.add(value);
  return page.end();
}

/**
 * The same of the bytes of an answer. An invoice that is known is stepped over, and nothing is made of it: most are.
 * Null where the answer is no list of invoices in the usual form, whatever else it is.
 */
export function scanChangedInvoices(bytes: Buffer, isKnown: IsKnown): QboChangedInvoices | null {
  const page = new Page(isKnown);
  const onInvoice: OnInvoice = (facts, from, to) => {
    if (facts !== null && isKnown(facts)) page.addKnown(facts.id);
    else if (to > 0) page.add(JSON.parse(bytes.toString('utf8', from, to)));
  };
  const isScanned = eachInvoice(bytes, onInvoice, () => page.mayBeKnown);
  return isScanned ? page.end() : null;
}

/** Which invoices of an answer are known, that holds COMPARED_FIELDS of each or more. */
export function readKnownInvoices(body: object, isKnown: IsKnown): QboKnownInvoices {
  const rows = rowsOf(body);
  return knownAmong(rows.length, knownIds(rows, isKnown));
}

/** The same of the bytes of an answer; null where it is no list of invoices in the usual form. */
export function scanKnownInvoices(bytes: Buffer, isKnown: IsKnown): QboKnownInvoices | null {
  const known: string[] = [];
  let count = 0;
  const isScanned = eachInvoice(bytes, (facts, from, to) => {
    count += 1;
    if (facts === null && to > 0)
      known.push(...knownIds([JSON.parse(bytes.toString('utf8', from, to))], isKnown));
    else if (facts !== null && isKnown(facts)) known.push(facts.id);
  });
  return isScanned ? knownAmong(count, known) : null;
}

function knownIds(rows: readonly unknown[], isKnown: IsKnown): string[] {
  const { read } = readEach(rows, INVOICE.name, readComparedInvoice);
  return read.filter((invoice) => isKnown(factsOf(invoice))).map(({ id }) => id);
}

function knownAmong(count: number, known: string[]): QboKnownInvoices {
  return { known, unknown: count - known.length, full: count >= ROWS_PER_PAGE_MAX };
}

function rowsOf(body: object): unknown[] {
  return new JsonReader(body, 'answer').inner('QueryResponse').rawList(INVOICE.name);
}

type OnInvoice = (facts: ComparedFacts | null, from: number, to: number) => void;

/**
 * Steps over the invoices of an answer and tells of each its facts, null where they are not seen at a glance or nobody
 * asks for them, and where it stands; it ends at -1 where it is no JSON. Answers false where the answer is no list of
 * invoices in the usual form: then what was told does not count.
 */
function eachInvoice(bytes: Buffer, onInvoice: OnInvoice, asksForFacts = (): boolean => true): boolean {
  const beginning = BEGINNING.exec(bytes.toString('latin1', 0, BEGINNING_MAX))?.[0];
  if (beginning === undefined) return false;
  const glance = new InvoiceGlance(bytes);
  const end = listEnd(bytes, beginning.length, (from) => {
    const isLookedAt = asksForFacts();
    const facts = isLookedAt ? glance.at(from) : null;
    const to = isLookedAt && glance.end >= 0 ? glance.end : valueEnd(bytes, from);
    onInvoice(facts, from, to);
    return to;
  });
  return end >= 0 && isUsual(`${beginning}"${STEPPED_OVER}"${bytes.toString('utf8', end)}`);
}

/** Whether an answer without its list is a success and has no second list. */
function isUsual(text: string): boolean {
  const body = jsonOf(text);
  if (!body || faultIn(body) !== null) return false;
  return (body.QueryResponse as Record<string, unknown>).Invoice === STEPPED_OVER;
}
