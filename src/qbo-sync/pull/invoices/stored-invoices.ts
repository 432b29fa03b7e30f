import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { FACT_SEPARATOR } from '../../api/mappers/reading/invoice-facts.js';
import type { ComparedFacts } from '../../api/model/qbo-objects.js';

/** Between the lines of two invoices. */
export const LINE_SEPARATOR = '\u001e';
/** Of a line: the id at QuickBooks, the proposal, six facts and the number, which alone may hold a separator. */
const FACTS_BEFORE_NUMBER = 6;

/** What is stored of a linked invoice, as far as it tells whether an answer is news. */
export interface StoredInvoice {
  qboInvoiceId: string;
  proposalId: number;
  /** As ComparedFacts has them; null where it cannot be known by them. */
  facts: string | null;
  number: string;
}

/** The linked invoices of a company that nothing is known of yet in a comparison, by QuickBooks' id. */
export class StoredInvoices {
  readonly total: number;
  /** How many of them are news whatever QuickBooks answers. */
  readonly unknowable: number;
  private readonly rest = new Map<string, StoredInvoice>();

  /** `lines` are those of the database, see STORED_LINE; `oldestDay` is null where no invoice's is known. */
  constructor(
    lines: string,
    readonly oldestDay: CalendarDay | null,
  ) {
    for (const line of lines === '' ? [] : lines.split(LINE_SEPARATOR)) {
      const stored = storedInvoice(line);
      const twin = this.rest.get(stored.qboInvoiceId);
      // Linked twice, it is settled under lock which of them an answer is about.
      this.rest.set(stored.qboInvoiceId, twin ? { ...stored, facts: null } : stored);
    }
    this.total = this.rest.size;
    this.unknowable = [...this.rest.values()].filter(({ facts }) => facts === null).length;
  }

  get size(): number {
    return this.rest.size;
  }

  ids(): string[] {
    return [...this.rest.keys()];
  }

  has(id: string): boolean {
    return this.rest.has(id);
  }

  /**
   * Whether QuickBooks shows an invoice exactly as it is stored, so that there is no news of it. A number that it
   * leaves out is no news, and neither is a due day that has passed. One that is linked to no proposal is of no
   * interest.
   */
  isKnown({ id, facts, docNumber }: ComparedFacts): boolean {
    const stored = this.rest.get(id);
    if (!stored) return true;
    return stored.facts === facts && (docNumber === null || docNumber === stored.number);
  }

  /** Takes an invoice off the list; undefined where it is not on it. */
  take(id: string): StoredInvoice | undefined {
    const stored = this.rest.get(id);
    this.rest.delete(id);
    return stored;
  }
}

function storedInvoice(line: string): StoredInvoice {
  const [qboInvoiceId = '', proposalId = '', ...rest] = line.split(FACT_SEPARATOR);
  const hasFacts = rest.length > FACTS_BEFORE_NUMBER;
  return {
    qboInvoiceId,
    proposalId: Number(proposalId),
    facts: hasFacts ? rest.slice(0, FACTS_BEFORE_NUMBER).join(FACT_SEPARATOR) : null,
    number: rest.slice(FACTS_BEFORE_NUMBER).join(FACT_SEPARATOR),
  };
}
