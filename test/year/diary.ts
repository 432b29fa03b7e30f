import type { RevenuePolicy } from '../../src/orgs/settings/org-settings.entity.js';

export type Currency = 'USD' | 'CAD' | 'EUR' | 'JPY';
/** What companies keep their books in. */
export type HomeCurrency = 'USD' | 'CAD';

/** Home units of one foreign unit, as a year begins: every document of a year comes to whole cents by them. */
const FIRST_RATES: Readonly<Record<HomeCurrency, Readonly<Record<Currency, number>>>> = {
  USD: { USD: 1, CAD: 0.72, EUR: 1.08, JPY: 0.01 },
  CAD: { USD: 1.36, CAD: 1, EUR: 1.48, JPY: 0.01 },
};

/** What was agreed and decided about a job, written down as it happened. Days are those of the organisation. */
export interface Job {
  proposalId: number;
  customerId: number;
  name: string;
  /** House number and street in the name: `12 elm`. */
  site: string;
  currency: Currency;
  isTaxed: boolean;
  policy: RevenuePolicy;
  valueCents: number;
  approvedOn: string;
  changes: { number: number; day: string; cents: number }[];
  completedOn: string | null;
  milestoneOn: string | null;
  /** By month, cumulative. */
  percents: Map<string, number>;
  cancelledOn: string | null;
  charges: Charge[];
  refunds: Refund[];
  disputes: Dispute[];
}

/** What was paid by card. */
export interface Charge {
  paymentId: number;
  intent: string;
  /** The payment in QuickBooks that brings it into the books; null while it is in none. */
  qboPayment: string | null;
  isOfDeposit: boolean;
  day: string;
  cents: number;
  feeCents: number;
  feeCurrency: string;
}

export interface Refund {
  id: number;
  paymentId: number;
  day: string;
  cents: number;
  isOfDeposit: boolean;
  /** In QuickBooks; null while it stays out of the books with its payment. */
  receipt: string | null;
  hasFailed: boolean;
  /** The receipt of one that failed is not in the books any more. */
  isTakenOut: boolean;
}

export interface Dispute {
  /** At Stripe. */
  id: string;
  paymentId: number;
  /** On which it was opened, or decided. */
  day: string;
  cents: number;
  state: 'open' | 'won' | 'lost';
}

/** The share of the value that the one progress payment bills, and its milestone earns. */
export const PROGRESS_PERCENT = 40;

/** What a person decided about the line of a cost. */
export interface Decision {
  cost: string;
  line: number;
  proposalId: number;
  cents: number;
  isAccepted: boolean;
}

/** A year as it is remembered beside the product. */
export interface Diary {
  home: HomeCurrency;
  mode: 'income' | 'liability';
  /** By whom the tax of taxed jobs is counted. */
  taxMode: 'none' | 'ours' | 'qbo';
  timeZone: string;
  jobs: Job[];
  decisions: Decision[];
  /** What a bookkeeper added to the first line of invoices of ours. */
  edits: Map<string, number>;
  /** Of whom each cost is, also one that was deleted since. */
  vendorOf: Map<string, string | null>;
  /** The job that each sub-customer of QuickBooks was given to. */
  projects: Map<string, number>;
  /** Customers of ours whose customer in QuickBooks was merged into another. */
  merged: Set<number>;
  /** Customers of ours of whom nothing personal is kept any more. */
  erased: Set<number>;
}

export function firstRates({ home }: Pick<Diary, 'home'>): Readonly<Record<Currency, number>> {
  return FIRST_RATES[home];
}

/** At the rates that the year began with. */
export function atHome(diary: Diary, currency: string, cents: number): number {
  return Math.round(cents * firstRates(diary)[currency as Currency]);
}

export function foreignCurrencies(diary: Diary): Currency[] {
  return (Object.keys(firstRates(diary)) as Currency[]).filter((one) => one !== diary.home);
}
