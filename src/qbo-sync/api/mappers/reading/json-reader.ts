import { centsFromDecimal, NotMoneyError, sumCents } from '../../../../platform/money/cents.js';
import { type ExchangeRate, exchangeRateOf } from '../../../../platform/money/exchange-rate.js';
import { isCalendarDay } from '../../../../platform/time/calendar-day.js';

/** Says which field of a vendor's answer is not what it has to be. */
export class UnreadableFieldError extends Error {
  constructor(field: string, why: string) {
    super(`${field} ${why}`);
    this.name = 'UnreadableFieldError';
  }
}

/**
 * One JSON object of an answer, asked field by field. What is required and missing, or of another kind than expected,
 * throws UnreadableFieldError with the path of the field; QBO leaves out what is empty, so the rest may be missing.
 */
export class JsonReader {
  private readonly source: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnreadableFieldError(path, 'is not an object');
    }
    this.source = value as Record<string, unknown>;
  }

  /** An id: digits in a string, as QBO writes them. */
  digits(name: string): string {
    const value = this.source[name];
    if (typeof value === 'string' && /^\d{1,32}$/.test(value)) return value;
    throw this.unreadable(name, value === undefined ? 'is missing' : 'is not a string of digits');
  }

  /** A SyncToken: digits in a string, of a version that can be counted. */
  version(name: string): string {
    const digits = this.digits(name);
    if (Number.isSafeInteger(Number(digits))) return digits;
    throw this.unreadable(name, 'is not the number of a version');
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === null) throw this.unreadable(name, 'is missing');
    return value;
  }

  /** Without what no database keeps: NUL, and halves of characters. */
  optionalText(name: string): string | null {
    const value = this.source[name] ?? null;
    if (value === null) return null;
    if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
    throw this.unreadable(name, 'is not a text');
  }

  /** Money in cents. */
  cents(name: string): number {
    try {
      return centsFromDecimal(this.source[name]);
    } catch (error) {
      if (error instanceof NotMoneyError) throw this.unreadable(name, 'is not an amount of money');
      throw error;
    }
  }

  optionalCents(name: string): number | null {
    return this.has(name) ? this.cents(name) : null;
  }

  /** Home units for one foreign unit. */
  rate(name: string): ExchangeRate {
    try {
      return exchangeRateOf(this.source[name]);
    } catch (error) {
      if (error instanceof NotMoneyError) throw this.unreadable(name, 'is not an exchange rate');
      throw error;
    }
  }

  optionalRate(name: string): ExchangeRate | null {
    return this.has(name) ? this.rate(name) : null;
  }

  /** A number of things. */
  count(name: string): number {
    const value = this.source[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.unreadable(name, value === undefined ? 'is missing' : 'is not a number of things');
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.source[name] ?? otherwise;
    if (typeof value === 'boolean') return value;
    throw this.unreadable(name, 'is not true or false');
  }

  day(name: string): string {
    const value = this.optionalDay(name);
    if (value === null) throw this.unreadable(name, 'is missing');
    return value;
  }

  /** A calendar day, `YYYY-MM-DD`. */
  optionalDay(name: string): string | null {
    const value = this.optionalText(name);
    if (value === null || isCalendarDay(value)) return value;
    throw this.unreadable(name, 'is not a day');
  }

  /** An instant with its offset from UTC. */
  optionalInstant(name: string): Date | null {
    const value = this.optionalText(name);
    if (value === null) return null;
    const instant = new Date(value);
    if (!isInEra(instant) || !/(?:Z|[+-]\d{2}:?\d{2})$/.test(value)) {
      throw this.unreadable(name, 'is not an instant with a time zone');
    }
    return instant;
  }

  /** The code of a currency by its reference: three letters. */
  optionalCurrency(name: string): string | null {
    const code = this.optionalRef(name);
    if (code === null || /^[A-Z]{3}$/.test(code)) return code;
    throw this.unreadable(name, 'is not a currency');
  }

  /** The `value` of a reference `{value, name}`. */
  ref(name: string): string {
    return this.inner(name).text('value');
  }

  optionalRef(name: string): string | null {
    return this.optionalInner(name)?.optionalText('value') ?? null;
  }

  inner(name: string): JsonReader {
    return new JsonReader(this.source[name], `${this.path}.${name}`);
  }

  optionalInner(name: string): JsonReader | null {
    return this.has(name) ? this.inner(name) : null;
  }

  /** The objects of a list; a missing list is empty. */
  list(name: string): JsonReader[] {
    return this.rawList(name).map((value, index) => new JsonReader(value, `${this.path}.${name}[${index}]`));
  }

  rawList(name: string): unknown[] {
    const value = this.source[name] ?? [];
    if (Array.isArray(value)) return value as unknown[];
    throw this.unreadable(name, 'is not a list');
  }

  /** The value as it is, for a reader of its own. */
  raw(name: string): unknown {
    return this.source[name];
  }

  has(name: string): boolean {
    return (this.source[name] ?? null) !== null;
  }

  private unreadable(name: string, why: string): UnreadableFieldError {
    return new UnreadableFieldError(`${this.path}.${name}`, why);
  }
}

/** Whether an instant is one of our calendar's, with a year of four digits. */
function isInEra(instant: Date): boolean {
  return instant.getTime() > 0 && instant.getUTCFullYear() <= 9999;
}

/** The sum of amounts that were read, unreadable where it is more than can be told to the cent. */
export function readSum(field: string, amounts: readonly number[]): number {
  try {
    return sumCents(amounts);
  } catch (error) {
    if (error instanceof NotMoneyError)
      throw new UnreadableFieldError(field, 'come to more than can be counted');
    throw error;
  }
}

/** What is read; null where that is unreadable, of what an object is of use without. */
export function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableFieldError)) throw error;
    return null;
  }
}
