import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../src/qbo-sync/connection/tokens/token.service.js';
import { SeededRandom } from '../simulation/seeded-random.js';
import type { Contractor } from '../support/books.js';
import { pollCompany } from '../support/books.js';
import { type Answer, createOrg, type Json } from '../support/people.js';
import { connect } from '../support/qbo.js';
import type { BooksWithStripe } from '../support/stripe.js';
import { type DayEntry, dayBook } from './day-book.js';
import { type Currency, type Diary, firstRates, foreignCurrencies, type Job } from './diary.js';
import { HandJournal } from './hand-journal.js';
import { type Papers, type Sale, readPapers } from './papers.js';

const TAX_MODES = ['none', 'ours', 'qbo'] as const;
const TAX_PERCENT = 8.875;
/** Tax codes of a Canadian company. */
const [GST, EXEMPT] = ['5', '2'];
const GST_PERCENT = 5;
const ZONES = ['America/New_York', 'Pacific/Auckland', 'Australia/Lord_Howe'] as const;

/** Both computations of one moment, and the last day that anything in it is dated. */
export interface Moment {
  day: string;
  papers: Papers;
  truth: DayEntry[];
}

/**
 * A contractor with a company of its own, and what happens to both in the year 2026. The seed says how deposits are
 * kept, in which time zone, and whether every job earns as it is invoiced and no month is closed, as QuickBooks has it.
 */
export class Year {
  readonly journal = new HandJournal();
  /** Closed months with the hash that each was closed with. */
  readonly closed: { month: string; hash: string }[] = [];
  /** Payments in QuickBooks that bring what was paid by card. */
  readonly cardPayments = new Set<string>();
  /** Home units of one foreign unit, today. */
  readonly rates: Record<Currency, number>;
  /** What the office has told the product about contracts since the backup, to be told again. */
  sinceBackup: (() => Promise<unknown>)[] = [];
  vendors: { id: string; currency: string }[] = [];
  /** Another company of the contractor's, once one was connected. */
  other: string | undefined;
  /** A customer of QuickBooks that is none of ours. */
  walkIn = '';

  private constructor(
    readonly books: BooksWithStripe,
    readonly contractor: Contractor,
    readonly random: SeededRandom,
    readonly diary: Diary,
    readonly isPlain: boolean,
  ) {
    this.rates = { ...firstRates(diary) };
  }

  static async open(books: BooksWithStripe, seed: number): Promise<Year> {
    const random = new SeededRandom(seed);
    const name = `Year ${seed}`;
    const { orgId, admin } = await createOrg(books.app, name);
    const home = seed % 4 === 3 ? 'CAD' : 'USD';
    const country = home === 'CAD' ? 'CA' : 'US';
    const { realm_id: realmId } = await books.control.createCompany({ name, country });
    await connect(books.app, admin, { realmId });
    const mode = seed % 2 === 0 ? 'income' : 'liability';
    const timeZone = ZONES[seed % ZONES.length]!;
    const taxMode = TAX_MODES[(seed + Math.floor(seed / 6)) % TAX_MODES.length]!;
    const taxCodes = home === 'CAD' ? { tax_code: GST, exempt_tax_code: EXEMPT } : {};
    await admin.patch('/org/settings', {
      deposit_mode: mode,
      time_zone: timeZone,
      tax_percent: home === 'CAD' ? GST_PERCENT : TAX_PERCENT,
      ...taxCodes,
    });
    const diary: Diary = {
      home,
      mode,
      taxMode,
      timeZone,
      jobs: [],
      decisions: [],
      edits: new Map(),
      vendorOf: new Map(),
      projects: new Map(),
      merged: new Set(),
      erased: new Set(),
    };
    const year = new Year(books, { orgId, admin, realmId }, random, diary, seed % 6 === 2 || seed % 6 === 3);
    await year.#furnish();
    return year;
  }

  get control() {
    return this.books.control;
  }

  get realm(): string {
    return this.contractor.realmId;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.random.between(0, of.length - 1)]!;
  }

  /** What the API answers; throws where it refuses. */
  async read(path: string): Promise<Json> {
    const { status, body } = await this.contractor.admin.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Tells the product something that is told again after a backup is restored. */
  async tell<T extends Answer<Json>>(something: () => Promise<T>): Promise<T> {
    const answer = await something();
    this.sinceBackup.push(async () => {
      const { status, body } = await something();
      if (status !== answer.status)
        throw new Error(`${status} in place of ${answer.status}: ${JSON.stringify([body, answer.body])}`);
    });
    return answer;
  }

  /** Has the bookkeeper enter or change a document in QuickBooks; null where QuickBooks refuses. */
  async enter(path: string, body: object): Promise<Json> {
    const answer = await fetch(`${this.books.qbo.url}/v3/company/${this.realm}/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.#token()}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as Json;
    return answer.ok ? Object.values(said)[0] : null;
  }

  /** A report of QuickBooks. */
  async ledgerReport(query: string): Promise<Json> {
    const answer = await fetch(`${this.books.qbo.url}/v3/company/${this.realm}/reports/${query}`, {
      headers: { authorization: `Bearer ${await this.#token()}`, accept: 'application/json' },
    });
    return answer.json();
  }

  /** The invoices of our jobs that stand in QuickBooks. */
  async invoices(): Promise<(Sale & { job: Job })[]> {
    const { invoices } = await readPapers(this.control, this.realm);
    return invoices.flatMap((invoice) => {
      const id = Number(/^CRM-(\d+)/.exec(invoice.number)?.[1]);
      const job = this.diary.jobs.find(({ proposalId }) => proposalId === id);
      return job === undefined || invoice.cents === 0 ? [] : [{ ...invoice, job }];
    });
  }

  /** Has a row of the product be of another day, at an hour at which it is another day elsewhere. */
  async backDate(table: string, where: string, column: string, day: string): Promise<void> {
    const hour = this.pick(['00:05', '12:00', '23:55']);
    const rows = await this.books.database.query(
      `update ${table} set ${column} = ($1::date + $2::time) at time zone $3
        where org_id = $4 and ${where} returning 1`,
      [day, hour, this.diary.timeZone, this.contractor.orgId],
    );
    if (rows.length !== 1) throw new Error(`${rows.length} rows of ${table} are of another day now`);
  }

  /** Has the product learn of everything, and reads both sides of it. */
  async learn(day: string): Promise<Moment> {
    await pollCompany(this.books, this.contractor);
    await this.books.database.query(
      `update qbo_document_mirrors set looked_at = now() - interval '2 minutes' where org_id = $1`,
      [this.contractor.orgId],
    );
    await this.read(`/reports/aging?scope=company&as_of=${day}`);
    const papers = await readPapers(this.control, this.realm);
    for (const { type, id, vendor } of papers.costs) this.diary.vendorOf.set(`${type}-${id}`, vendor);
    return { day, papers, truth: dayBook(this.diary, papers) };
  }

  /** From now on a currency is worth this; the day's rate that the product keeps is that of another day. */
  async rate(code: Currency, rate: number): Promise<void> {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await this.control.rateCurrency(this.realm, code, rate, yesterday);
    await this.books.database.query('delete from exchange_rates where org_id = $1', [this.contractor.orgId]);
    this.rates[code] = rate;
  }

  async #furnish(): Promise<void> {
    const { control, realm } = this;
    await control.setPreferences(realm, {
      MultiCurrencyEnabled: true,
      ...(this.diary.home === 'USD' ? { PartnerTaxEnabled: this.diary.taxMode !== 'ours' } : {}),
    });
    await control.patchSwitches({ salesTaxByState: { CO: TAX_PERCENT } });
    await this.contractor.admin.post('/qbo/preflight');
    const { home } = this.diary;
    for (const code of foreignCurrencies(this.diary)) {
      await control.listCurrency(realm, code);
      await control.rateCurrency(realm, code, this.rates[code], '2025-12-01');
      await this.rate(code, this.rates[code]);
    }
    for (const [name, currency] of [
      ['Norton Lumber', home],
      ['Hardware Hank', home],
      ['Dachziegel Meier', 'EUR'],
    ] as const) {
      const foreign = currency === home ? {} : { CurrencyRef: { value: currency } };
      this.vendors.push({ id: (await control.createVendor(realm, name, foreign)).Id, currency });
    }
    this.walkIn = (await control.createCustomer(realm, 'Walk-in')).Id;
    await this.read('/reports/aging?scope=company');
  }

  async #token(): Promise<string> {
    const { app } = this.books.app;
    const { orgId } = this.contractor;
    return inOrganisation(orgId, async () =>
      app.get(TokenService).accessToken(await app.get(ConnectionService).requireCompany(orgId)),
    );
  }
}
