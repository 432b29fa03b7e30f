import { addMonths } from '../../platform/time/calendar-day.js';
import type { PackFigures } from './close-pack.js';

/** What stands on a pack beside its figures, as it was when the month was closed. Not part of the hash. */
export interface PackHeader {
  version: string;
  timeZone: string;
  /** The last day of QuickBooks' closed books; null where they are open, or no company is connected. */
  qboClosingDate: string | null;
  /** When the documents of the company were last read; null where they never were. */
  qboReadAt: string | null;
  openInbox: { id: number; code: string; proposalId: number | null }[];
  /** What customers owe by how late it is, at the end of the month, of our invoices. */
  aging: { currency: string; [bucket: string]: number | string }[];
}

/** The closing of a month that stands, or stood. */
export interface PeriodClosing {
  id: number;
  month: string;
  closedAt: Date;
  closedBy: number | null;
  forceReason: string | null;
  qboClosingDate: string | null;
  packHash: string;
  previousHash: string | null;
}

/** The closing with what was frozen by it. */
export interface FrozenPack extends PeriodClosing {
  figures: PackFigures;
  header: PackHeader;
}

/** A month as it is listed. */
export interface Period {
  month: string;
  closing: PeriodClosing | null;
}

/** Every month from the first one to the last, newest first, each with the closing that stands. Pure. */
export function periodsOf(first: string, last: string, closings: readonly PeriodClosing[]): Period[] {
  const byMonth = new Map(closings.map((closing) => [closing.month, closing]));
  const periods: Period[] = [];
  for (let month = last; month >= first; month = addMonths(month, -1)) {
    periods.push({ month, closing: byMonth.get(month) ?? null });
  }
  return periods;
}
