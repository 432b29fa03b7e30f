import { pollFactor, stretchedIntervalMs } from '../../src/qbo-sync/api/metering/poll-stretch.js';
import {
  callsById,
  furtherPages,
  worthReading,
} from '../../src/qbo-sync/pull/reconciliation/reconciliation-paging.js';
import { reconciliationTrigger } from '../../src/qbo-sync/pull/reconciliation/reconciliation-trigger.js';
import { forecastOf } from '../../src/platform/time/month-forecast.js';

/** An installation for a month: what it polls, and what may be read for it. */
export interface Installation {
  companies: number;
  /** Metered reads in the month. */
  budget: number;
  intervalMinutes: number;
  /** Of companies whose webhooks prove to arrive. */
  webhookFedMinutes: number;
  seed: number;
}

/** What a read was for. */
export type ReadCause = 'poll' | 'comparison' | 'webhook' | 'deposit';

/** How the reads of a month came out. */
export interface MonthOfReads {
  used: number;
  byCause: Record<ReadCause, number>;
  /** After each day: what was forecast for the end of the month, and how far that was off, as a share of it. */
  forecasts: { day: number; forecast: number; error: number }[];
  /** Hours at each pace: how many times longer the interval was. */
  hoursAtFactor: Map<number, number>;
  /** From one poll of a company to the next, in minutes, at most. */
  longestGapMinutes: number;
}

interface Company {
  linked: number;
  /** Invoices in QuickBooks beside the linked ones, of the time since the oldest of these. */
  listed: number;
  isWebhookFed: boolean;
  /** Payments on an average day of work. */
  paymentsADay: number;
  comparedAtMinute: number;
  polledAtMinute: number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** March 2026 begins on a Sunday and has 31 days. */
const MONTH_START = Date.UTC(2026, 2);
const DAYS = 31;
/** A webhook of a payment has the payment read, and its invoice; a deposit has its invoice read before and after. */
const READS_OF_WEBHOOK = 2;
const READS_OF_DEPOSIT = 2;
const DEPOSIT_SHARE = 1 / 6;
const WEBHOOK_FED_SHARE = 0.9;
/** The work of an American day, in hours of UTC. */
const WORK = { from: 14, until: 24 };

/**
 * Plays a month of an installation minute by minute on a simulated clock. What decides is the product's own: how much
 * slower polls are made, when a company is compared in full and how many calls that takes, and what is forecast.
 * QuickBooks, the bookkeepers and chance are played, by the seed.
 */
export function playMonth(installation: Installation): MonthOfReads {
  const random = randomOf(installation.seed);
  const companies = Array.from({ length: installation.companies }, () => companyOf(random));
  const paymentsADay = companies.reduce((sum, company) => sum + company.paymentsADay, 0);
  const paymentsAMinute = paymentsADay / ((WORK.until - WORK.from) * 60);
  const byCause: Record<ReadCause, number> = { poll: 0, comparison: 0, webhook: 0, deposit: 0 };
  const hoursAtFactor = new Map<number, number>();
  const after: { day: number; forecast: number }[] = [];
  const due: Company[][] = [];
  const plan = (company: Company, minute: number): void => void (due[minute] ??= []).push(company);
  const usedSoFar = (): number => byCause.poll + byCause.comparison + byCause.webhook + byCause.deposit;
  // They were polled before the month began, evenly.
  for (const company of companies) plan(company, Math.floor(random() * intervalOf(company, installation, 1)));

  let longestGapMinutes = 0;
  for (let minute = 0; minute < DAYS * DAY_MINUTES; minute += 1) {
    const now = new Date(MONTH_START + minute * MINUTE_MS);
    const used = usedSoFar();
    const factor = pollFactor({ used, forecast: forecastOf(used, now), budget: installation.budget });
    hoursAtFactor.set(factor, (hoursAtFactor.get(factor) ?? 0) + 1 / 60);
    for (const company of due[minute] ?? []) {
      longestGapMinutes = Math.max(longestGapMinutes, minute - company.polledAtMinute);
      company.polledAtMinute = minute;
      byCause.poll += 1;
      if (isToBeCompared(company, minute)) {
        company.comparedAtMinute = minute;
        byCause.comparison += callsOfComparison(company);
      }
      const spread = 0.95 + 0.1 * random();
      plan(company, minute + Math.max(1, Math.round(intervalOf(company, installation, factor) * spread)));
    }
    due[minute] = [];
    if (isWork(now)) payments(paymentsAMinute, random, byCause);
    if ((minute + 1) % DAY_MINUTES === 0) {
      const end = new Date(now.getTime() + MINUTE_MS - 1);
      after.push({ day: (minute + 1) / DAY_MINUTES, forecast: forecastOf(usedSoFar(), end) });
    }
  }
  const used = usedSoFar();
  const forecasts = after.map((one) => ({ ...one, error: Math.abs(one.forecast - used) / used }));
  return { used, byCause, forecasts, hoursAtFactor, longestGapMinutes };
}

/** Most contractors are small, some are not. */
function companyOf(random: () => number): Company {
  const linked = Math.ceil(60 * Math.exp(1.2 * normalOf(random)));
  return {
    linked,
    listed: Math.ceil(linked * (1 + 2 * random())),
    isWebhookFed: random() < WEBHOOK_FED_SHARE,
    paymentsADay: linked / 150,
    comparedAtMinute: -Math.floor(random() * 7 * DAY_MINUTES),
    polledAtMinute: 0,
  };
}

/** One minute of work: every sixth of the payments is a deposit by card, the others are entered in QuickBooks. */
function payments(expected: number, random: () => number, reads: Record<ReadCause, number>): void {
  for (let left = poissonOf(expected, random); left > 0; left -= 1) {
    if (random() < DEPOSIT_SHARE) reads.deposit += READS_OF_DEPOSIT;
    if (random() < WEBHOOK_FED_SHARE) reads.webhook += READS_OF_WEBHOOK;
  }
}

function isToBeCompared({ comparedAtMinute }: Company, minute: number): boolean {
  const at = (ofMinute: number): Date => new Date(MONTH_START + ofMinute * MINUTE_MS);
  const state = { changedSince: at(minute - 1), comparedAt: at(comparedAtMinute), feed: 'whole' as const };
  return reconciliationTrigger(state, at(minute)) !== null;
}

function callsOfComparison({ linked, listed }: Company): number {
  if (!worthReading(linked)) return callsById(linked);
  if (listed < 1_000) return 1;
  // Of the first page as many are ours as of the list.
  const rest = Math.ceil(linked * (1 - 1_000 / listed));
  const pages = furtherPages(rest, listed).length;
  return 2 + (pages > 0 ? pages : callsById(rest));
}

function intervalOf({ isWebhookFed }: Company, installation: Installation, factor: number): number {
  const usual = isWebhookFed ? installation.webhookFedMinutes : installation.intervalMinutes;
  return stretchedIntervalMs(usual * MINUTE_MS, factor) / MINUTE_MS;
}

function isWork(now: Date): boolean {
  const isWeekday = now.getUTCDay() > 0 && now.getUTCDay() < 6;
  return isWeekday && now.getUTCHours() >= WORK.from && now.getUTCHours() < WORK.until;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normalOf(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poissonOf(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; product *= random()) count += 1;
  return count;
}
