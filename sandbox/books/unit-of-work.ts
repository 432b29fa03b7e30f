import type { Change } from './change.ts';
import type { EntityName } from './catalog.ts';
import { objectNotFound } from './fault.ts';
import { type Body, partOf, refOf, sameBut, sameJson, rowsOf, textOf } from './json.ts';
import { majorOf, minorOf } from './money.ts';
import { stamp } from './pacific.ts';
import { currencyOf } from './currency-of.ts';
import { rounded } from './ledger/fifo.ts';
import { costPostings, stockChanges } from './ledger/stock.ts';
import { postingsFor, posts, settlesOthers } from './ledger/posters.ts';
import type { Party, Posting } from './ledger/posting.ts';
import type { Row } from './company-state.ts';
import type { Store } from './store.ts';

type Operation = Change['operation'];

interface Touched {
  entity: EntityName;
  id: string;
  before: Row | undefined;
  /** What to announce; absent for a record that changed only because another did. */
  operation?: Operation;
  /** Sending an invoice moves its time and not its SyncToken. */
  keepsToken?: boolean;
  mergedId?: string;
  /** Only annotated: neither token nor time moves, and no webhook is raised. */
  isSilent?: boolean;
}

/** What a commit did to one record. */
export interface Committed {
  entity: EntityName;
  id: string;
  operation: Operation;
  /** Why: asked for, brought about by another record, or a balance that moved. */
  cause: 'asked' | 'effect' | 'balance';
  mergedId?: string;
}

type Document = Pick<Touched, 'entity' | 'id'>;

const BALANCES = ['Balance', 'BalanceWithJobs'];
/** What settles a document, by the name under which it is linked. */
const PAYERS: ReadonlyMap<string, EntityName> = new Map([
  ['Payment', 'Payment'],
  ['BillPaymentCheck', 'BillPayment'],
]);

/**
 * One all-or-nothing change to the books. Rules write bodies; the commit decides what that means: SyncToken +
 * 1 and a new LastUpdatedTime for a record that reads differently, neither for one that does not, and the
 * time alone for a customer whose balance moved.
 */
export class UnitOfWork {
  readonly now: Date;
  readonly #store: Store;
  readonly #touched = new Map<string, Touched>();
  readonly #openings = new Map<string, readonly Posting[]>();
  /** What each document posted before this change, for balances and for the rollback. */
  readonly #postedBefore = new Map<string, readonly Posting[]>();

  constructor(store: Store, now: Date) {
    this.#store = store;
    this.now = now;
  }

  get(entity: EntityName, id: string): Body {
    const body = this.#store.find(entity, id);
    if (!body) throw objectNotFound();
    return body;
  }

  /** Adds a record under the next Id (or the one given) and returns it. */
  create(entity: EntityName, draft: Body, id = this.#store.nextId(entity)): Body {
    this.#touch(entity, id).operation = 'Create';
    const body = { ...draft, domain: 'QBO', sparse: false, Id: id, SyncToken: '0' };
    this.#set(entity, id, body, null);
    return body;
  }

  /** Replaces a record's body; Id, SyncToken and MetaData are the commit's business. */
  put(entity: EntityName, body: Body, details: Pick<Touched, 'keepsToken'> = {}): void {
    const id = textOf(body, 'Id')!;
    Object.assign(this.#touch(entity, id), { isSilent: false }, details);
    this.#set(entity, id, body, null);
  }

  remove(entity: EntityName, id: string): void {
    const body = this.get(entity, id);
    this.announce(entity, id, 'Delete');
    this.#set(entity, id, body, this.now.getTime());
  }

  /** Says that the record is what the caller asked to change, and how webhooks call it. */
  announce(entity: EntityName, id: string, operation: Operation, details: Partial<Touched> = {}): void {
    Object.assign(this.#touch(entity, id), { isSilent: false }, details, { operation });
  }

  /**
   * Changes a record without a trace in its SyncToken, its times or the webhooks, as a bank deposit does to a
   * payment.
   */
  annotate(entity: EntityName, body: Body): void {
    const touched = this.#touch(entity, textOf(body, 'Id')!);
    touched.isSilent ??= true;
    this.#set(entity, touched.id, body, null);
  }

  /** Postings of a record that is no document, such as the balance a customer is opened with. */
  postOpening(document: string, postings: readonly Posting[]): void {
    this.#openings.set(document, postings);
  }

  rollback(): void {
    for (const document of this.#postedBefore.keys()) this.#store.ledger.replace(document, []);
    for (const [document, postings] of this.#postedBefore) this.#store.ledger.replace(document, postings);
    for (const { entity, id, before } of [...this.#touched.values()].toReversed())
      this.#store.set(entity, id, before);
  }

  /** Settles tokens, times and balances; `nextOrder` numbers the changes. */
  commit(nextOrder: () => number): Committed[] {
    const stocked = this.#moveStock();
    this.#post();
    for (const item of stocked) this.#postCosts(item);
    this.#moveBalances();
    return [...this.#touched.values()].flatMap((touched) => this.#settle(touched, nextOrder));
  }

  #settle(touched: Touched, nextOrder: () => number): Committed[] {
    const { entity, id, before } = touched;
    const after = this.#store.row(entity, id)!;
    const at = this.now.getTime();
    const base = { entity, id, ...(touched.mergedId ? { mergedId: touched.mergedId } : {}) };
    const asked = touched.operation !== undefined;
    const cause = asked ? 'asked' : 'effect';
    if (!before) {
      const times = { CreateTime: stamp(this.now), LastUpdatedTime: stamp(this.now) };
      const body = { ...after.body, MetaData: times };
      this.#store.set(entity, id, { ...after, body, createdAt: at, updatedAt: at, order: nextOrder() });
      return [{ ...base, operation: touched.operation ?? 'Create', cause }];
    }
    if (after.deletedAt === null && sameJson(before.body, after.body)) {
      this.#store.set(entity, id, before);
      return touched.mergedId ? [{ ...base, operation: 'Merge', cause }] : [];
    }
    if (touched.isSilent && after.deletedAt === null) {
      this.#store.set(entity, id, { ...before, body: after.body });
      return [];
    }
    const isParty = entity === 'Customer' || entity === 'Vendor';
    const balanceOnly = isParty && after.deletedAt === null && sameBut(before.body, after.body, BALANCES);
    const keepsToken = touched.keepsToken || balanceOnly || after.deletedAt !== null;
    const token = Number(before.body.SyncToken) + (keepsToken ? 0 : 1);
    const MetaData = { ...partOf(before.body, 'MetaData'), LastUpdatedTime: stamp(this.now) };
    const body = { ...after.body, SyncToken: String(token), MetaData };
    this.#store.set(entity, id, { ...after, body, updatedAt: at, order: nextOrder() });
    return [
      {
        ...base,
        operation: touched.operation ?? 'Update',
        cause: balanceOnly && !asked ? 'balance' : cause,
      },
    ];
  }

  /**
   * Posts every touched document anew. What settles others comes last, since its home amounts follow from
   * what the others leave open, and so does what settles one that was given another exchange rate.
   */
  #post(): void {
    const touched = [...this.#touched.values()].filter(({ entity }) => posts(entity));
    const documents = [...touched, ...touched.flatMap((one) => this.#settling(one))];
    for (const { entity, id } of documents) this.#repost(`${entity}|${id}`, []);
    const post = ({ entity, id }: Document): void => {
      const body = this.#store.find(entity, id);
      if (body) this.#repost(`${entity}|${id}`, postingsFor(this.#store, entity, body));
    };
    for (const document of documents) if (!settlesOthers(document.entity)) post(document);
    for (const document of documents) if (settlesOthers(document.entity)) post(document);
    for (const [document, postings] of this.#openings) this.#repost(document, postings);
  }

  /** The untouched payments of a document whose exchange rate has changed, oldest first. */
  #settling({ entity, id, before }: Touched): Document[] {
    const after = this.#store.find(entity, id);
    if (!before || !after || before.body.ExchangeRate === after.ExchangeRate) return [];
    return rowsOf(after, 'LinkedTxn')
      .flatMap((link): Document[] => {
        const payer = PAYERS.get(textOf(link, 'TxnType') ?? '');
        return payer ? [{ entity: payer, id: textOf(link, 'TxnId')! }] : [];
      })
      .filter((one) => !this.#touched.has(`${one.entity}|${one.id}`))
      .toSorted((one, other) => Number(one.id) - Number(other.id));
  }

  #repost(document: string, postings: readonly Posting[]): void {
    const before = this.#store.ledger.replace(document, postings);
    if (!this.#postedBefore.has(document)) this.#postedBefore.set(document, before);
  }

  /** What the documents of an item post for its cost, which one of them can change for the others. */
  #postCosts(item: string): void {
    for (const [document, costs] of costPostings(this.#store, item)) {
      const known = this.#store.ledger.postingsOf(document);
      const others = known.filter(({ costOf }) => costOf !== item);
      const before = known.filter(({ costOf }) => costOf === item);
      const isSame =
        before.length === costs.length &&
        before.every(({ account, home }, at) => account === costs[at]?.account && home === costs[at].home);
      if (!isSame) this.#repost(document, [...others, ...costs]);
    }
  }

  /**
   * Moves the quantity on hand of what the documents bought and sold; the items are not announced for it. Returns the
   * Ids of the items whose stock the change touches.
   */
  #moveStock(): Set<string> {
    const changed = [...this.#touched.values()].map(({ entity, id, before }) => ({
      entity,
      before: before?.deletedAt === null ? before.body : undefined,
      after: this.#store.find(entity, id),
    }));
    const moved = stockChanges(this.#store, changed);
    for (const [id, quantity] of moved) {
      const item = this.#store.find('Item', id);
      if (!item || quantity === 0) continue;
      this.annotate('Item', { ...item, QtyOnHand: rounded(Number(item.QtyOnHand ?? 0) + quantity) });
    }
    const begun = [...this.#openings.keys()].filter((document) => document.startsWith('Item|'));
    return new Set([...moved.keys(), ...begun.map((document) => document.slice('Item|'.length))]);
  }

  /**
   * Adds what the postings changed to customers' and vendors' balances, and to the parents' BalanceWithJobs.
   */
  #moveBalances(): void {
    const deltas = new Map<string, { party: Party; minor: number }>();
    const add = (postings: readonly Posting[], sign: 1 | -1): void => {
      for (const { party, openItem, amount } of postings) {
        if (!party || openItem === undefined) continue;
        const key = `${party.type}|${party.id}`;
        const owed = party.type === 'Vendor' ? -amount : amount;
        deltas.set(key, { party, minor: (deltas.get(key)?.minor ?? 0) + sign * owed });
      }
    };
    for (const [document, before] of this.#postedBefore) {
      add(before, -1);
      add(this.#store.ledger.postingsOf(document), 1);
    }
    for (const { party, minor } of deltas.values())
      if (minor !== 0 && party.type !== 'Employee') this.#moveBalance(party.type, party.id, minor);
  }

  #moveBalance(party: 'Customer' | 'Vendor', id: string, minor: number): void {
    const fields = party === 'Customer' ? BALANCES : ['Balance'];
    let own = true;
    for (let next: string | undefined = id; next !== undefined; own = false) {
      const body: Body | undefined = this.#store.find(party, next);
      if (!body) return;
      const currency = currencyOf(body);
      const moved = fields
        .filter((field) => own || field === 'BalanceWithJobs')
        .map((field) => [field, majorOf(minorOf(body[field], currency) + minor, currency)]);
      this.put(party, { ...body, ...Object.fromEntries(moved) });
      next = refOf(body, 'ParentRef');
    }
  }

  #touch(entity: EntityName, id: string): Touched {
    const key = `${entity}|${id}`;
    const known = this.#touched.get(key);
    if (known) return known;
    const fresh: Touched = { entity, id, before: this.#store.row(entity, id) };
    this.#touched.set(key, fresh);
    return fresh;
  }

  #set(entity: EntityName, id: string, body: Body, deletedAt: number | null): void {
    const at = this.now.getTime();
    const row = this.#store.row(entity, id) ?? { createdAt: at, updatedAt: at, order: 0 };
    this.#store.set(entity, id, { ...row, body, deletedAt });
  }
}
