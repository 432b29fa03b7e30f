import type { Change } from './change.ts';
import type { Surroundings } from './surroundings.ts';
import type { CompanyState } from './company-state.ts';
import { type Body, partOf, textOf } from './json.ts';
import { pacificDate } from './pacific.ts';
import type { Recurring } from './company-state.ts';
import { Store } from './store.ts';
import { type Committed, UnitOfWork } from './unit-of-work.ts';

/**
 * Document numbers run in series: invoices, credit memos and receipts share one, each of the others has its
 * own.
 */
export type Series = string;

/** One company's books: its records, its settings, and the only way to change them. */
export class Company {
  readonly realmId: string;
  readonly world: Surroundings;
  readonly store: Store;
  /** An ended subscription refuses every write with 6190; reads go on. */
  subscription: 'active' | 'ended' = 'active';
  /**
   * The company setting "warn about duplicate numbers", which the API does not show: 6140 when on with
   * CustomTxnNumbers.
   */
  warnsOfDuplicateNumbers = false;
  /** What was uploaded, by the Id of its Attachable. */
  readonly files = new Map<string, Buffer>();
  /** Templates of transactions that are made again and again, by Id. */
  readonly recurring = new Map<string, Recurring>();
  readonly #lastNumbers = new Map<Series, number>();
  #changes = 0;
  #isOpen = false;

  constructor(world: Surroundings, realmId: string) {
    this.world = world;
    this.store = new Store(world.switches);
    this.realmId = realmId;
  }

  get name(): string {
    return textOf(this.store.find('CompanyInfo', '1'), 'CompanyName') ?? '';
  }

  get homeCurrency(): string {
    return this.store.homeCurrency;
  }

  /** As in CompanyInfo: `US`, `GB`, `AU`, `CA`. */
  get country(): string {
    return textOf(this.store.find('CompanyInfo', '1'), 'Country') ?? 'US';
  }

  get isUs(): boolean {
    return this.country === 'US';
  }

  get isMultiCurrency(): boolean {
    return this.preferences('CurrencyPrefs').MultiCurrencyEnabled === true;
  }

  /** One group of the Preferences record, such as `SalesFormsPrefs`. */
  preferences(group: string): Body {
    return partOf(this.store.find('Preferences', '1'), group);
  }

  /** The date a transaction gets when it brings none: today's in California. */
  today(): string {
    return pacificDate(this.world.clock.now());
  }

  /** From here on changes raise webhooks; the records a company is opened with raise none. */
  open(): void {
    this.#isOpen = true;
  }

  /** Runs `change` as one all-or-nothing step, then emits what changed. */
  write<T>(change: (unit: UnitOfWork) => T): T {
    const unit = new UnitOfWork(this.store, this.world.clock.now());
    let result: T;
    let committed: Committed[];
    try {
      result = change(unit);
      committed = unit.commit(() => ++this.#changes);
    } catch (error) {
      unit.rollback();
      throw error;
    }
    for (const one of committed) {
      if (this.#isAnnounced(one)) this.world.changes.emit('change', this.#changeOf(one, unit.now));
    }
    return result;
  }

  /** The number after the last one used in the series; numbers start at 1001. */
  takeNumber(series: Series): string {
    const number = (this.#lastNumbers.get(series) ?? 1000) + 1;
    this.#lastNumbers.set(series, number);
    return String(number);
  }

  /** A number sent with a document advances its series, as in QBO's own form. */
  noteNumber(series: Series, docNumber: string): void {
    if (/^\d{1,15}$/.test(docNumber)) this.#lastNumbers.set(series, Number(docNumber));
  }

  save(): CompanyState {
    return {
      realmId: this.realmId,
      subscription: this.subscription,
      warnsOfDuplicateNumbers: this.warnsOfDuplicateNumbers,
      changes: this.#changes,
      lastNumbers: [...this.#lastNumbers],
      recurring: [...this.recurring],
      files: [...this.files].map(([id, content]) => [id, content.toString('base64')]),
      ...this.store.save(),
    };
  }

  /** Fills a company that has nothing yet with what was saved. */
  load(state: CompanyState): void {
    this.subscription = state.subscription;
    this.warnsOfDuplicateNumbers = state.warnsOfDuplicateNumbers;
    this.#changes = state.changes;
    for (const [series, last] of state.lastNumbers) this.#lastNumbers.set(series, last);
    for (const [id, one] of state.recurring) this.recurring.set(id, one);
    for (const [id, content] of state.files) this.files.set(id, Buffer.from(content, 'base64'));
    this.store.load(state);
  }

  #isAnnounced({ cause }: Committed): boolean {
    if (!this.#isOpen) return false;
    if (cause === 'balance') return this.world.switches.customerEventOnBalance;
    return cause === 'asked' || this.world.switches.invoiceEventOnPayment;
  }

  #changeOf({ entity, id, operation, mergedId }: Committed, at: Date): Change {
    return { realmId: this.realmId, entity, id, operation, at, ...(mergedId ? { deletedId: mergedId } : {}) };
  }
}
