import { refOf } from '../json.ts';
import { nameShown, type Store } from '../store.ts';
import { type Sums, totalOf } from './account-sums.ts';
import { type OpenDocument, type Side, daysLate, documentsAskedFor, nameOf, reportDay } from './aging.ts';
import {
  type Report,
  type Row,
  cell,
  column,
  dataRow,
  money,
  moneyColumn,
  moneyOrEmpty,
  section,
} from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

const BUCKETS = ['Current', '1 - 30', '31 - 60', '61 - 90', '91 and over'] as const;
const KEYS = ['current', '0', '1', '2', '3', 'total'];
const WIDTH = KEYS.length;

/** The bucket of a document so many days late: 0 or less is current, 1 to 30 the next, and so on. */
function bucketOf(days: number): number {
  if (days <= 0) return 0;
  return Math.min(Math.ceil(days / 30), BUCKETS.length - 1);
}

/** What each customer or vendor has open, by bucket and in all. */
function sumsByParty(
  documents: readonly OpenDocument[],
  late: (document: OpenDocument) => number,
): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const document of documents) {
    const own = sums.get(document.partyId) ?? Array.from({ length: WIDTH }, () => 0);
    own[bucketOf(late(document))]! += document.open;
    own[WIDTH - 1]! += document.open;
    sums.set(document.partyId, own);
  }
  return sums;
}

/** Rows of the parties with sums, sub-customers in a section below their parent. */
class PartyRows {
  readonly #store: Store;
  readonly #side: Side;
  readonly #sums: ReadonlyMap<string, Sums>;
  /** Those with sums and whoever stands above them. */
  readonly #shown: ReadonlySet<string>;
  readonly #sign: 1 | -1;

  constructor(store: Store, side: Side, sums: ReadonlyMap<string, Sums>, descends: boolean) {
    this.#store = store;
    this.#side = side;
    this.#sums = sums;
    this.#sign = descends ? -1 : 1;
    this.#shown = new Set([...sums.keys()].flatMap((id) => [id, ...this.#above(id)]));
  }

  rows(parent?: string): Row[] {
    return [...this.#shown]
      .filter((id) => this.#parentOf(id) === parent)
      .toSorted((a, b) => this.#sign * this.#path(a).localeCompare(this.#path(b)))
      .map((id) => this.#row(id));
  }

  #row(id: string): Row {
    const name = nameShown(this.#store.find(this.#side, id)) ?? id;
    const own = this.#sums.get(id) ?? Array.from({ length: WIDTH }, () => 0);
    const cells = [cell(name, id), ...own.map((sum) => cell(moneyOrEmpty(sum)))];
    const below = this.rows(id);
    if (below.length === 0) return dataRow(cells);
    const total = this.#withBelow(id).map((sum) => cell(money(sum)));
    return section(cells, below, [cell(`Total ${name}`), ...total]);
  }

  #withBelow(id: string): Sums {
    const below = [...this.#sums].filter(([one]) => one === id || this.#above(one).includes(id));
    return totalOf(
      below.map(([, sums]) => sums),
      WIDTH,
    );
  }

  #path(id: string): string {
    return nameOf(this.#store, this.#side, id);
  }

  #parentOf(id: string): string | undefined {
    return this.#side === 'Customer' ? refOf(this.#store.find('Customer', id), 'ParentRef') : undefined;
  }

  #above(id: string): string[] {
    const parent = this.#parentOf(id);
    return parent === undefined ? [] : [parent, ...this.#above(parent)];
  }
}

/** `AgedReceivables` and `AgedPayables`: what each customer or vendor has open, by how late it is. */
export function agedSummary(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const day = reportDay(request);
    const sums = sumsByParty(documentsAskedFor(request, side, day), daysLate(request, day));
    const descends = request.query.sort_order?.toLowerCase().startsWith('desc') === true;
    const rows = new PartyRows(request.company.store, side, sums, descends).rows();
    const grand: Row = {
      Summary: {
        ColData: [cell('TOTAL'), ...totalOf([...sums.values()], WIDTH).map((sum) => cell(money(sum)))],
      },
      type: 'Section',
      group: 'GrandTotal',
    };
    const header = reportHeader(request, side === 'Customer' ? 'AgedReceivables' : 'AgedPayables');
    return {
      Header: withOptions({ ...header, StartPeriod: day, EndPeriod: day }, rows.length === 0),
      Columns: {
        Column: [
          column('', side, side === 'Customer' ? 'customer_name' : 'vendor_name'),
          ...[...BUCKETS, 'Total'].map((title, index) => moneyColumn(title, KEYS[index]!)),
        ],
      },
      Rows: { Row: rows.length === 0 ? [] : [...rows, grand] },
    };
  };
}
